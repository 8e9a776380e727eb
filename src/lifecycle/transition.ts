/** May this follow that? The one question every change of state asks first. */
import { type LivingKind, lifecycles, type StateOf } from './states.ts';

export type Transition = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

const kindNames: Record<LivingKind, string> = {
  rebuild: 'rebuild',
  build: 'build',
  archBuild: 'arch build',
  run: 'run',
};

/** The states of a kind with their successors, as plain strings: the tables are typed one kind at a time. */
const successors = (kind: LivingKind): ReadonlyMap<string, readonly string[]> =>
  new Map<string, readonly string[]>(Object.entries(lifecycles[kind].next));

/**
 * Whether an entity of `kind` in state `from` may go to `to`. A refusal is to be recorded with its reason, not
 * swallowed (ARCHITECTURE rule 7). Staying is refused too: the caller has seen the message before.
 */
export const transition = <Kind extends LivingKind>(
  kind: Kind,
  from: StateOf[Kind],
  to: StateOf[Kind],
): Transition => {
  const next = successors(kind).get(from) ?? [];
  if (next.includes(to)) return { allowed: true };
  return { allowed: false, reason: refusal(kindNames[kind], from, to, next) };
};

const refusal = (kind: string, from: string, to: string, next: readonly string[]): string => {
  if (from === to) return `the ${kind} is ${to} already`;
  const ways = next.length === 0 ? 'nothing follows it' : `only ${next.join(', ')} may follow`;
  return `a ${kind} that is ${from} cannot become ${to}: ${ways}`;
};

/** All states of a kind. */
export const statesOf = (kind: LivingKind): readonly string[] => [...successors(kind).keys()];

/** True where nothing can follow. */
export const isTerminal = <Kind extends LivingKind>(kind: Kind, state: StateOf[Kind]): boolean =>
  (successors(kind).get(state) ?? []).length === 0;

/** True where nothing of ours is under way any more, though a person or a message may set it going again. */
export const isSettled = <Kind extends LivingKind>(kind: Kind, state: StateOf[Kind]): boolean => {
  const settled: readonly string[] = lifecycles[kind].settled;
  return settled.includes(state);
};
