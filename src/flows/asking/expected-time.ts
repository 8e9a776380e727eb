/** How long what would be rebuilt would take. */
import { sql } from 'kysely';
import type { Explained } from '../../planning/explained.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { boundInSteps } from '../../scheduling/bound.ts';
import { readEstimates } from '../dispatching/durations.ts';

/**
 * Seconds that no order of the work could stay below, by what such builds took before and on the workers that were heard
 * of in the last minute. Null where nothing is built, or an arch has no worker.
 */
export const expectedSeconds = async (
  read: Pick<Flow, 'tx'>,
  builds: Explained['builds'],
): Promise<number | null> => {
  if (builds.length === 0) return null;
  const estimate = await readEstimates(
    read,
    builds.map(({ image }) => image),
  );
  const workers = await read.tx
    .selectFrom('worker')
    .select(['arches', 'slots'])
    .where('announced_at', '>', sql<Date>`now() - interval '1 minute'`)
    .execute();
  const archBuildsOf = ({ image, arches }: (typeof builds)[number]) =>
    arches.map(({ arch, after }) => ({
      id: `${image} ${arch}`,
      arch,
      seconds: estimate(image, arch),
      dependsOn: after.map((parent) => `${parent} ${arch}`),
    }));
  const archBuilds = (await inSlices(eachOf(builds, archBuildsOf))).flat();
  const { seconds } = await inSlices(boundInSteps(archBuilds, workers));
  return Number.isFinite(seconds) ? seconds : null;
};
