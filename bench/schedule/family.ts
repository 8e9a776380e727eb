/** Made-up work: a family of images on four arches, a few bases and up to six levels, with spread durations. Seeded. */
import type { Arch } from '../../schemas/ids.ts';
import { randomFrom } from '../random.ts';

/** An arch build that takes some time and is thought to take some. */
export interface FamilyBuild {
  readonly id: string;
  readonly image: string;
  readonly arch: Arch;
  /** 0 for a base. */
  readonly level: number;
  readonly parent: string | undefined;
  /** Seconds that it takes. */
  readonly seconds: number;
  /** Seconds that the scheduler takes it to last. */
  readonly estimate: number;
}

export interface FamilyOptions {
  readonly seed: number;
  readonly images: number;
  /** Estimates are off by up to this share, both ways. */
  readonly error: number;
}

export const pools: readonly { readonly arch: Arch; readonly slots: number }[] = [
  { arch: 'x86_64', slots: 8 },
  { arch: 'aarch64', slots: 4 },
  { arch: 'ppc64le', slots: 2 },
  { arch: 's390x', slots: 1 },
];

const bases = 3;
const deepest = 5;

export const aFamily = ({ seed, images, error }: FamilyOptions): readonly FamilyBuild[] => {
  const random = randomFrom(seed);
  const family: { name: string; level: number; parent: string | undefined; seconds: number }[] = [];
  for (let at = 0; at < images; at += 1) {
    const able = family.filter(({ level }) => level < deepest);
    const parent = at < bases ? undefined : able[Math.floor(random() * able.length)];
    const level = parent === undefined ? 0 : parent.level + 1;
    family.push({ name: `image-${at}`, level, parent: parent?.name, seconds: spread(random) });
  }
  return family.flatMap(({ name, level, parent, seconds }) =>
    pools.map(({ arch }) => {
      const takes = seconds * (0.8 + 0.4 * random());
      const estimate = takes * (1 + error * (2 * random() - 1));
      return { id: `${name} ${arch}`, image: name, arch, level, parent, seconds: takes, estimate };
    }),
  );
};

/** Most take a few minutes, some half an hour: a lognormal with a median of four minutes (Box and Muller 1958). */
const spread = (random: () => number): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(1800, 240 * Math.exp(0.8 * normal));
};
