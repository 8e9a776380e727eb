/** What was done for a person, and what they named. */
import type { Flow } from '../../runtime/consumer.ts';
import { type Build, lockBuildByNvr } from '../move.ts';
import { Refused } from '../refused.ts';

export interface Did {
  did: string;
  nomination?: number;
  nvr?: string;
  rebuild?: number;
}

/** The build that they named, locked. */
export const existing = async (flow: Flow, nvr: string): Promise<Build> => {
  const build = await lockBuildByNvr(flow, nvr);
  if (build === undefined)
    throw new Refused('not-found', `there is no build ${nvr}`, '`flibs images` lists the newest ones');
  return build;
};
