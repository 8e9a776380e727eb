/** An index that was assembled: its build becomes a candidate, or waits for its turn, and its children go on. */
import type { IndexDigest } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { refreshBaseline } from '../baseline.ts';
import { lockArchBuilds, lockBuildByNvr } from '../move.ts';
import { nominateBrought } from '../nominating/brought.ts';
import { nominateFollowUps } from '../nominating/follow-ups.ts';
import { nominateNewlyWithdrawn } from '../nominating/newly-withdrawn.ts';
import { pullspecOf } from '../registry-paths.ts';
import { lockTurns, sayCandidate, takeTurn } from '../releasing/turns.ts';
import type { Settings } from '../settings.ts';
import { type Assembly, considerAssembly } from './assemble.ts';
import { tellStale } from './best-effort.ts';

/** The index lies in the candidate registry: the build is the baseline from now on, and a candidate when it is its turn. */
export const assembled = async (
  flow: Flow,
  settings: Settings,
  assembly: Assembly,
  indexDigest: IndexDigest,
): Promise<void> => {
  await lockTurns(flow, assembly.image);
  const build = await lockBuildByNvr(flow, assembly.nvr);
  if (build?.state !== 'building') return;
  const made = { index_digest: indexDigest, pullspec: pullspecOf(assembly.repository, indexDigest) };
  const indexed = await takeTurn(flow, settings, { ...build, ...made });
  if (!indexed) return;
  await refreshBaseline(flow, build.image);
  await nominateFollowUps(flow, build);
  await nominateNewlyWithdrawn(flow, build);
  await nominateBrought(flow, build);
  await tellStale(flow, build, await lockArchBuilds(flow, build.id));
  if (indexed.state === 'candidate') await sayCandidate(flow, indexed);
  else await flow.timer({ kind: indexedTimer, key: build.nvr, due: flow.now });
};

/** Key: the NVR of a build whose index is there, and whose turn to be a candidate has not come. */
export const indexedTimer = 'index-assembled';

/** Children that waited for this build's index. */
export const considerChildren = async (flow: Flow, settings: Settings, nvr: string): Promise<void> => {
  const children = await flow.tx
    .selectFrom('build as child')
    .innerJoin('build as parent', 'parent.id', 'child.parent_build')
    .select('child.nvr')
    .where('parent.nvr', '=', nvr)
    .where('child.state', '=', 'building')
    .orderBy('child.id')
    .execute();
  for (const child of children) await considerAssembly(flow, settings, child.nvr);
};
