/** Which arch build goes to which worker's free slot, now. */
import type { Arch } from '../../schemas/ids.ts';
import { inOrder, type ReadyBuild } from './priority.ts';

export interface FreeWorker {
  readonly name: string;
  readonly arches: readonly Arch[];
  /** Free slots. */
  readonly free: number;
}

export interface Assignment {
  readonly id: string;
  readonly worker: string;
}

export interface AssignInput {
  readonly ready: readonly ReadyBuild[];
  readonly workers: readonly FreeWorker[];
  /** What runs at present: people's share is counted against it, arch by arch. */
  readonly running?: readonly { readonly arch: Arch; readonly byHand: boolean }[];
  /** With it, what has waited long rises; without, age only breaks ties. */
  readonly now?: Date;
}

/** Of the slots in use for an arch, the part that people's builds get first while they wait for it. */
export const SHARE_OF_PEOPLE = 1 / 4;

/**
 * Takes the builds in order of priority and gives each a slot as long as all those before it keep one. A worker of
 * several arches is not spent where one of fewer would do: earlier builds move to another worker if that makes room,
 * so no slot stays free that a ready build could use (augmenting paths in a bipartite matching, Kuhn 1955).
 */
export const assign = (input: AssignInput): readonly Assignment[] => {
  const slots = slotsOf(input.workers);
  const exhausted = new Set<Arch>();
  const queue = alternating(input);
  for (let build = queue.next(); build; build = queue.next()) {
    // Once no slot can be made for an arch, later builds of it cannot have one either.
    if (exhausted.has(build.arch)) continue;
    if (place(build, slots, new Set())) queue.placed(build);
    else exhausted.add(build.arch);
  }
  return slots.flatMap((worker) => worker.taken.map((build) => ({ id: build.id, worker: worker.name })));
};

interface Slots {
  readonly name: string;
  readonly arches: ReadonlySet<Arch>;
  readonly free: number;
  readonly taken: ReadyBuild[];
}

/** Workers of the fewest arches first; then by name. */
const slotsOf = (workers: readonly FreeWorker[]): readonly Slots[] =>
  workers
    .map(({ name, arches, free }) => ({ name, arches: new Set(arches), free, taken: [] }))
    .sort((a, b) => a.arches.size - b.arches.size || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

/** Finds a slot for the build, moving others between workers if need be. False: there is none. */
const place = (build: ReadyBuild, workers: readonly Slots[], tried: Set<Slots>): boolean => {
  const able = workers.filter((worker) => worker.arches.has(build.arch) && !tried.has(worker));
  const open = able.filter((worker) => worker.taken.length < worker.free);
  const emptiest = open.sort(
    (a, b) => a.arches.size - b.arches.size || b.free - b.taken.length - (a.free - a.taken.length),
  )[0];
  if (emptiest) {
    emptiest.taken.push(build);
    return true;
  }
  for (const worker of able) {
    tried.add(worker);
    const moved = worker.taken.findIndex((other) => place(other, workers, tried));
    if (moved >= 0) {
      worker.taken.splice(moved, 1, build);
      return true;
    }
  }
  return false;
};

/** The order of priority, with people's builds first on each arch where they have less than their share. */
const alternating = (input: AssignInput) => {
  const ordered = inOrder(input.ready, input.now);
  const byHand = ordered.filter((build) => build.byHand);
  const given = new Set<string>();
  const share = shares(input.running ?? []);
  let next = 0;
  const following = (): ReadyBuild | undefined => {
    for (let build = ordered[next]; build && given.has(build.id); build = ordered[next]) next += 1;
    return ordered[next];
  };
  return {
    next: (): ReadyBuild | undefined => {
      const turn = byHand.find((build) => !given.has(build.id) && share.isOpen(build.arch));
      const build = turn ?? following();
      if (build) given.add(build.id);
      return build;
    },
    placed: share.count,
  };
};

/** How much of each arch's slots people's builds hold. */
const shares = (running: NonNullable<AssignInput['running']>) => {
  const held = new Map<Arch, { people: number; all: number }>();
  const of = (arch: Arch) => held.get(arch) ?? { people: 0, all: 0 };
  const count = ({ arch, byHand }: { readonly arch: Arch; readonly byHand: boolean }): void => {
    const { people, all } = of(arch);
    held.set(arch, { people: people + (byHand ? 1 : 0), all: all + 1 });
  };
  for (const run of running) count(run);
  const isOpen = (arch: Arch): boolean => of(arch).people < (of(arch).all + 1) * SHARE_OF_PEOPLE;
  return { count, isOpen };
};
