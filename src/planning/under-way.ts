/** A build that has not become a candidate yet, as the planner is told of it. An image has one at most. */
import type { Proof } from '../../schemas/commands/run.ts';
import type { Arch, Nvr } from '../../schemas/ids.ts';
import type { Reason } from './reason.ts';

/** One arch of it. */
export type UnderWayArch =
  /**
   * An arch build. `waiting`: no worker was asked for it, so that it takes on whatever comes. `running`: what will be in
   * it is not known. `built`: it is, or will be once its content is recorded.
   */
  | { readonly stage: 'waiting' | 'running' | 'built' | 'unchanged'; readonly proofs: readonly Proof[] }
  /** It failed, or its parent did: so will the build, or it goes on without this arch. */
  | { readonly stage: 'lost' }
  /** Kept from the baseline. `taken`: a child on this arch is built upon that entry, or was. */
  | { readonly stage: 'carried'; readonly taken: boolean };

export interface UnderWay {
  readonly nvr: Nvr;
  /** Of the layer parent: what it is made upon. Absent where that is no image of ours. */
  readonly upon?: Nvr | undefined;
  readonly treeId: string;
  readonly version: string;
  /** Its index is being pushed: no arch can be added any more. */
  readonly frozen: boolean;
  readonly arches: Readonly<Partial<Record<Arch, UnderWayArch>>>;
}

/** An arch build of a build under way: it takes on the reasons of this plan, or is built rather than carried. */
export interface JoinedArch {
  readonly arch: Arch;
  readonly how: 'joined' | 'added';
  readonly reasons: readonly Reason[];
  readonly proofs: readonly Proof[];
}

/** What the plan makes of a build under way. */
export interface JoinedBuild {
  readonly nvr: Nvr;
  readonly arches: readonly JoinedArch[];
  /** Nothing of it was begun: it is to be made upon the present build of its layer parent instead. */
  readonly moved: boolean;
}

/** A cause that came too late for a build under way. */
export interface FollowUp {
  readonly arch: Arch;
  /** Nominated again once this one has ended or is a candidate. */
  readonly after: Nvr;
  /** Whether the arch build of `after` may turn out to have it. */
  readonly judged: boolean;
  readonly reasons: readonly Reason[];
}

/** Whether an arch of it will be another than the baseline's, as far as one can know. */
export const changes = (arch: UnderWayArch | undefined): boolean =>
  arch?.stage === 'waiting' || arch?.stage === 'running' || arch?.stage === 'built';
