/** Taking in images that flibs did not build: asked for by a person, read from their registry, told one by one. */
import { z } from 'zod';
import { DistroReleaseName } from '../../../schemas/ids.ts';
import { parseReference } from '../../../schemas/pullspec.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Foreign } from '../contents/foreign-image.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import { Refused } from '../refused.ts';
import { writeAdopted } from './adopted-build.ts';

export const adoptJob = 'adopt-image';

export const Adoption = z.object({
  id: z.number().int(),
  pullspec: z.string(),
  distroRelease: DistroReleaseName.nullable(),
});
export type Adoption = z.infer<typeof Adoption>;

export interface AdoptionRequest {
  readonly pullspecs: readonly string[];
  /** Undefined: that of the definition of the same name, or the only one there is. */
  readonly distroRelease?: string | undefined;
}

/** Asks for each to be read; one that is no pullspec is told at once, and the others go on. */
export const wantAdoptions = async (flow: Flow, request: AdoptionRequest): Promise<readonly number[]> => {
  await checkRelease(flow, request.distroRelease);
  const ids: number[] = [];
  for (const pullspec of request.pullspecs) {
    const named = parseReference(pullspec) !== undefined;
    const { id } = await flow.tx
      .insertInto('adoption')
      .values({
        pullspec,
        distro_release: request.distroRelease ?? null,
        state: named ? 'waiting' : 'failed',
        told: named ? null : 'is no pullspec: registry/repository:tag, or registry/repository@sha256:...',
        asked_at: flow.now,
        ended_at: named ? null : flow.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.push(id);
    const inputs = { id, pullspec, distroRelease: request.distroRelease ?? null };
    if (named) await flow.job({ kind: adoptJob, key: String(id), inputs });
  }
  return ids;
};

const checkRelease = async (flow: Flow, name: string | undefined): Promise<void> => {
  const releases = await distroReleasesInForce(flow);
  if (releases.length === 0)
    throw new Refused(
      'conflict',
      'no distro release is configured yet',
      'set distro_releases; it tells where newer packages are',
    );
  if (name === undefined || releases.some((release) => release.name === name)) return;
  const known = releases.map((release) => release.name).join(', ');
  throw new Refused('not-found', `there is no distro release ${name}`, `there are ${known}`);
};

/** Called with what was found in the registry. */
export const adopted = async (flow: Flow, adoption: Adoption, foreign: Foreign): Promise<void> => {
  if ('problem' in foreign) return end(flow, adoption, { state: 'failed', told: foreign.problem });
  const written = await writeAdopted(flow, foreign, adoption.distroRelease);
  if ('problem' in written) return end(flow, adoption, { state: 'failed', told: written.problem });
  await end(flow, adoption, { state: 'adopted', nvr: written.nvr, told: written.told });
};

/** Called when the registry could not be read often enough. */
export const adoptionFailed = (flow: Flow, adoption: Adoption, error: unknown): Promise<void> =>
  end(flow, adoption, { state: 'failed', told: error instanceof Error ? error.message : String(error) });

const end = async (
  flow: Flow,
  { id, pullspec }: Adoption,
  outcome: { state: 'adopted' | 'failed'; nvr?: string; told: string },
): Promise<void> => {
  await flow.tx
    .updateTable('adoption')
    .set({ ...outcome, ended_at: flow.now })
    .where('id', '=', id)
    .execute();
  const log = { pullspec, nvr: outcome.nvr, told: outcome.told };
  if (outcome.state === 'adopted') flow.log.info(log, `${pullspec}: adopted`);
  else flow.log.warn(log, `${pullspec}: not adopted`);
};
