/** The images of the definitions in force, with what is released and what was built last. */
import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';
import type { BuildTable } from '../../store/build-tables.ts';
import type { Database } from '../../store/database.ts';
import type { ImageTable } from '../../store/definition-tables.ts';
import type { BuildBrief, ImageBrief } from '../wire/image.ts';
import { iso } from './time.ts';

type BuildRow = Pick<Selectable<BuildTable>, 'nvr' | 'state' | 'waiting' | 'updated_at'>;
type ReleasedRow = Pick<Selectable<BuildTable>, 'nvr' | 'index_digest'> & {
  /** In the release registry. */
  readonly repository: string | null;
};

export const buildBrief = (row: BuildRow): BuildBrief => ({
  nvr: row.nvr,
  state: row.state,
  waiting: row.waiting,
  updatedAt: iso(row.updated_at),
});

/** One definition with its builds, as the list shows it. */
export const imageBrief = (
  {
    name,
    distro_release,
    definition,
  }: Pick<Selectable<ImageTable>, 'name' | 'distro_release' | 'definition'>,
  released: ReleasedRow | undefined,
  latest: BuildRow | undefined,
  problems: readonly string[],
): ImageBrief => ({
  name,
  distroRelease: distro_release,
  arches: definition.arches,
  parents: definition.parents.map((parent) => (parent.kind === 'image' ? parent.image : parent.pullspec)),
  autoRebuild: definition.autoRebuild,
  released:
    released?.index_digest == null
      ? null
      : { nvr: released.nvr, indexDigest: released.index_digest, pullspec: pullspecOf(released) },
  latest: latest === undefined ? null : buildBrief(latest),
  problems: [...problems],
});

/** The build's own pullspec names the candidate. */
const pullspecOf = ({ repository, index_digest }: ReleasedRow): string | null =>
  repository === null || index_digest === null ? null : `${repository}@${index_digest}`;

const byImage = <Row extends { image: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.image, row]));

/** Where a build was released to: its unique tag stays with it. */
export const releaseRepository = (eb: ExpressionBuilder<Database, 'build'>) =>
  eb
    .selectFrom('tag')
    .select('tag.repository')
    .whereRef('tag.nvr', '=', 'build.nvr')
    .orderBy('tag.repository')
    .limit(1)
    .as('repository');

/** The newest build of each image, of those in `state` where one is given. */
const newestBuilds = (db: Kysely<Database>, state?: 'released') =>
  db
    .selectFrom('build')
    .distinctOn('image')
    .select(['image', 'nvr', 'state', 'waiting', 'updated_at', 'index_digest'])
    .select(releaseRepository)
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'released'))
    .orderBy('image')
    .orderBy('id', 'desc')
    .execute();

/** Every image, by name. */
export const listImages = async (db: Kysely<Database>): Promise<ImageBrief[]> => {
  const images = await db
    .selectFrom('image')
    .select(['name', 'distro_release', 'definition'])
    .where('to_revision', 'is', null)
    .orderBy('name')
    .execute();
  const released = byImage(await newestBuilds(db, 'released'));
  const latest = byImage(await newestBuilds(db));
  const refused = await db.selectFrom('definition_problem').select(['folder', 'problems']).execute();
  const problems = new Map(refused.map((row) => [row.folder, row.problems]));
  return images.map((image) =>
    imageBrief(image, released.get(image.name), latest.get(image.name), problems.get(image.name) ?? []),
  );
};
