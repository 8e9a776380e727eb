/** What nothing but infrastructure has failed for good: it may be back. */
import { sql } from 'kysely';
import type { Flow } from '../../runtime/consumer.ts';
import { pausesInForce } from '../pausing/in-force.ts';
import { Refused } from '../refused.ts';
import type { Settings } from '../settings.ts';
import { tryAgain } from './retry-build.ts';

/**
 * Tries the newest builds of images again, unless automatic rebuilds are paused or the image is.
 *
 * @param dryRun - true: they are only named
 * @returns NVRs
 */
export const tryInfrastructureAgain = async (
  flow: Flow,
  { observe }: Settings,
  dryRun: boolean,
): Promise<readonly string[]> => {
  if (observe || (await pausesInForce(flow)).some(({ scope }) => scope !== 'image')) return [];
  const failed = await failedOnInfrastructure(flow);
  if (dryRun) return failed;
  const tried: string[] = [];
  for (const nvr of failed) {
    try {
      await tryAgain(flow, nvr, { because: 'infrastructure failed it: it is tried again' });
      tried.push(nvr);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      flow.log.debug({ nvr, reason: error.message }, 'not tried again');
    }
  }
  return tried;
};

const failedOnInfrastructure = async (flow: Flow): Promise<readonly string[]> => {
  const { rows } = await sql<{ nvr: string }>`
    select newest.nvr from image
    join lateral (select * from build where build.image = image.name order by build.id desc limit 1) newest on true
    where image.to_revision is null and (image.definition ->> 'autoRebuild')::boolean and newest.state = 'failed'
      and (select bool_and(failure_class = 'infrastructure') from arch_build
        where arch_build.build = newest.id and arch_build.state = 'failed')
    order by newest.id`.execute(flow.tx);
  return rows.map(({ nvr }) => nvr);
};
