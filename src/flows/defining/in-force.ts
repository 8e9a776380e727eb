/** What the definitions in force say of an image, and which distro releases there are. */
import { LoadedDistroRelease } from '../../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { Refused } from '../refused.ts';

type Read = Pick<Flow, 'tx'>;

export const imageInForce = async ({ tx }: Read, name: string): Promise<ImageDefinition | undefined> => {
  const row = await tx
    .selectFrom('image')
    .select('definition')
    .where('name', '=', name)
    .where('to_revision', 'is', null)
    .executeTakeFirst();
  return row && ImageDefinition.parse(row.definition);
};

/** The image that a person named. @throws Refused where there is none. */
export const existingImage = async (read: Read, name: string): Promise<ImageDefinition> => {
  const definition = await imageInForce(read, name);
  if (definition !== undefined) return definition;
  throw new Refused('not-found', `there is no image ${name}`, '`flibs images` lists those that are defined');
};

/** All, sorted by name; or the one of this name, where there is one. */
export const distroReleasesInForce = async (
  { tx }: Read,
  name?: string,
): Promise<readonly LoadedDistroRelease[]> => {
  const rows = await tx
    .selectFrom('distro_release')
    .select('definition')
    .where('to_revision', 'is', null)
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .orderBy('name')
    .execute();
  return rows.map((row) => LoadedDistroRelease.parse(row.definition));
};
