/** Arch builds under way that come to stand upon another arch build: blocked on it, or no longer blocked. */
import { sql } from 'kysely';
import type { ImageName } from '../../../schemas/ids.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ArchBuild, Build } from '../move.ts';
import { moveArchBuilds } from '../move-many.ts';
import { archBuildKey, type Written } from './written.ts';

interface Standing {
  readonly build: Build;
  readonly archBuild: ArchBuild;
  /** Over the layer edge. */
  readonly parent: ImageName;
  /** The whole build is made upon another build of the parent now. */
  readonly moved: boolean;
}

/** What becomes of an arch build whose parent is another one now. */
export interface OnOther {
  readonly archBuild: ArchBuild;
  readonly parent: ImageName;
  readonly below: number | null;
  readonly unmet: number;
}

/** Nothing where it stands on that one already, or does not wait any more. */
export const onOtherParent = (
  { build, archBuild, parent, moved }: Standing,
  written: Written,
): readonly OnOther[] => {
  if (!isWaiting(archBuild)) return [];
  if (!moved && build.parent_build !== written.builds.get(parent)) return [];
  const below = written.archBuilds.get(archBuildKey(parent, archBuild.arch));
  if ((below?.id ?? null) === archBuild.parent_arch_build) return [];
  // What it was built upon before is there, so only others count in what it waits for already.
  const unmet = archBuild.unmet + (below === undefined || below.built ? 0 : 1);
  return [{ archBuild, parent, below: below?.id ?? null, unmet }];
};

const isWaiting = ({ state }: ArchBuild): boolean =>
  state === 'blocked' || state === 'ready' || state === 'held';

export const waitForParents = async (flow: Flow, all: readonly OnOther[]): Promise<void> => {
  if (all.length === 0) return;
  const given = all.map(({ archBuild: { id }, below, unmet }) => ({ id, below, unmet }));
  await sql`
    update arch_build set parent_arch_build = given.below, unmet = given.unmet
    from json_to_recordset(${JSON.stringify(given)}::json) as given(id bigint, below bigint, unmet int)
    where arch_build.id = given.id`.execute(flow.tx);
  for (const of of grouped(all, ({ parent }) => parent).values()) await moveThose(flow, of);
};

/** All of one parent. */
const moveThose = async (flow: Flow, all: readonly OnOther[]): Promise<void> => {
  // What is held waits for an offer as well, whatever its parents.
  const free = all.filter(({ archBuild: { state } }) => state !== 'held');
  const [blocked, ready] = [free.filter(({ unmet }) => unmet > 0), free.filter(({ unmet }) => unmet === 0)];
  const move = (some: readonly OnOther[], to: 'blocked' | 'ready', ready_at: Date | null) => {
    const elsewhere = some.filter(({ archBuild: { state } }) => state !== to);
    const reason = `its parent ${some[0]?.parent} is ${to === 'blocked' ? 'built first' : 'built'}`;
    return moveArchBuilds(
      flow,
      elsewhere.map(({ archBuild }) => archBuild),
      to,
      reason,
      { ready_at },
    );
  };
  await move(blocked, 'blocked', null);
  await move(ready, 'ready', flow.now);
};
