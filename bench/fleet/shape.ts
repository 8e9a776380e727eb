/** A made-up fleet as a graph: which image stands on which, and which packages each layer adds. A seed decides it. */
import { randomFrom } from '../random.ts';

export const sizes = [1000, 10_000] as const;
export type Size = (typeof sizes)[number];

export interface FleetImage {
  readonly name: string;
  readonly parent: string | undefined;
  /** 1: a base. */
  readonly depth: number;
  /** Numbers of packages that its layer adds; the same on every arch. */
  readonly packages: readonly number[];
}

/** Descendants of the bases, of 10,000 images in all; of a smaller fleet, in proportion. */
const descendants = [5000, 2192, 1000, 800, 400, 300, 200, 100];
const mostDepth = 6;

/** What the layers of one depth add, so that the deepest images hold 300 packages; the others fill up to that. */
const layers = [250, 30, 10, 5, 3, 2];
const full = 300;

/** Packages that only some images introduce: in the first base, and in one image with nine upon it. */
export const wholeBase = { package: 2400, source: 'src-whole' };
export const tenImages = { package: 2401, source: 'src-ten' };
export const packageCount = 2402;
/** Each depth takes packages of its own, so that no layer adds what is below it already. */
const ofDepth = 400;

/** Parents before what is made upon them. */
export const fleetOf = (size: Size, seed = 1): readonly FleetImage[] => {
  const random = randomFrom(seed);
  return descendants.flatMap((count, at) => {
    const scaled = size === 10_000 ? count : Math.round((count * size) / 10_000);
    return family(`base-${at}`, scaled, random, at);
  });
};

interface Member {
  readonly name: string;
  readonly parent: Member | undefined;
  readonly depth: number;
}

const family = (name: string, count: number, random: () => number, at: number): FleetImage[] => {
  const base: Member = { name, parent: undefined, depth: 1 };
  const members = [base, ...(at === 1 ? group(base) : [])];
  const inner = [base];
  while (members.length <= count) {
    // A third stands on the base itself, the others on anything that is not too deep yet.
    const parent = random() < 1 / 3 ? base : (inner[Math.floor(random() * inner.length)] ?? base);
    const member = { name: `${name}-${members.length}`, parent, depth: parent.depth + 1 };
    members.push(member);
    if (member.depth < mostDepth && random() < 0.3) inner.push(member);
  }
  const parents = new Set(members.map(({ parent }) => parent));
  return members.map((member) => ({
    name: member.name,
    parent: member.parent?.name,
    depth: member.depth,
    packages: [...packagesOf(member.depth, !parents.has(member), random), ...special(member.name)],
  }));
};

/** Ten images: one on the base, five on that, four on the first of these. */
const group = (base: Member): Member[] => {
  const top: Member = { name: 'ten-0', parent: base, depth: 2 };
  const on = (parent: Member, ...names: string[]): Member[] =>
    names.map((name) => ({ name, parent, depth: parent.depth + 1 }));
  const [first = top, ...others] = on(top, 'ten-1', 'ten-2', 'ten-3', 'ten-4', 'ten-5');
  return [top, first, ...others, ...on(first, 'ten-6', 'ten-7', 'ten-8', 'ten-9')];
};

const special = (name: string): number[] =>
  name === 'base-0' ? [wholeBase.package] : name === 'ten-0' ? [tenImages.package] : [];

const packagesOf = (depth: number, isLeaf: boolean, random: () => number): number[] => {
  const below = layers.slice(0, depth - 1).reduce((sum, count) => sum + count, 0);
  const count = isLeaf ? full - below : (layers[depth - 1] ?? 0);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add((depth - 1) * ofDepth + Math.floor(random() * ofDepth));
  return [...chosen];
};
