/** The consumers of one process and how each stands: started yet, running, or waiting, for what and why. */
import type { ConsumerStanding } from '../../store/runtime-tables.ts';

/** What is known of a consumer that has been started. */
export interface Member {
  readonly waiting: () => string | undefined;
  /** Under way. */
  readonly effects: () => number;
}

/** Why bus or store cannot be used now; undefined while they can. */
export interface Hindrances {
  readonly bus: () => string | undefined;
  readonly store: () => string | undefined;
}

export interface Members {
  /** It runs from now on. */
  readonly started: (name: string, member: Member) => void;
  readonly stopped: () => void;
  readonly standing: () => readonly ConsumerStanding[];
}

/** @param storeless - those that never reach the store */
export const newMembers = (
  names: readonly string[],
  storeless: readonly string[],
  hindrances: Hindrances,
): Members => {
  const running = new Map<string, Member>();
  let over = false;
  const standingOf = (name: string): ConsumerStanding => {
    const member = running.get(name);
    const effects = member?.effects() ?? 0;
    if (over) return { name, state: 'stopped', effects: 0 };
    const waiting =
      (storeless.includes(name) ? undefined : hindrances.store()) ?? hindrances.bus() ?? member?.waiting();
    if (waiting !== undefined) return { name, state: 'waiting', waiting, effects };
    return { name, state: member === undefined ? 'starting' : 'running', effects };
  };
  return {
    started: (name, member) => {
      running.set(name, member);
    },
    stopped: () => {
      over = true;
    },
    standing: () => names.map(standingOf),
  };
};
