/**
 * Facts as inventories: images of one name and version are one image, whose newest release is the baseline; what is
 * fixed is nominated by its source, and on offer for every arch.
 */
import type { Arch } from '../../../../schemas/ids.ts';
import { rpmVersionCompare } from '../../../../src/rpm/evr.ts';
import { parseNevra, parseNvr } from '../../../../src/rpm/nevra.ts';
import { type ImageFile, type NominationFile, type OfferFile, offered } from '../files/an-inventory.ts';
import type { ChainsFact } from './chain-facts.ts';
import type { PlanFact } from './plan-facts.ts';

export interface Translated {
  readonly images: readonly ImageFile[];
  readonly offers: readonly OfferFile[];
  readonly nominations: readonly NominationFile[];
  /** Globs of image names. */
  readonly denied: readonly string[];
}

/** One release of an image. */
interface Release {
  readonly nvr: string;
  readonly parent: string | undefined;
  readonly builders: readonly string[];
  readonly rpms: readonly string[];
}

const arches: readonly Arch[] = ['x86_64', 'aarch64', 'ppc64le', 's390x'];
const isArch = (name: string): name is Arch => arches.some((arch) => arch === name);

const nvrOf = (text: string) => {
  const nvr = parseNvr(text);
  if (!nvr) throw new Error(`${text} is no NVR`);
  return nvr;
};

/** `httpd-2.4` of `httpd-2.4-12`. */
export const imageOf = (nvr: string): string => `${nvrOf(nvr).name}-${nvrOf(nvr).version}`;

const releaseOf = (nvr: string): string => nvrOf(nvr).release;

const archOf = (nevra: string): Arch => {
  const arch = parseNevra(nevra)?.arch ?? '';
  if (!isArch(arch)) throw new Error(`${nevra} is for no arch`);
  return arch;
};

/** `leaf-1-1 < base-1-1 + builder-1-1: zlib-1-1.x86_64`. */
const releaseFrom = (text: string): Release => {
  const [what = '', rpms = ''] = text.split(': ');
  const [edge = '', ...builders] = what.split(' + ');
  const [nvr = '', parent] = edge.split(' < ');
  return { nvr, parent, builders, rpms: rpms.split(' ') };
};

/** `.el8` says which distro release a package is of; without it there is only one. */
const distOf = (names: readonly string[]): string =>
  names.map((name) => /\.(el\d+)\b/.exec(name)?.[1]).find((dist) => dist !== undefined) ?? 'R';

/** Arches in the order in which their packages are named. */
const archesOf = ({ rpms, parent }: Release): ImageFile['arches'] =>
  Object.fromEntries(
    [...new Set(rpms.map(archOf))].map((arch) => [
      arch,
      {
        rpms: rpms.filter((rpm) => archOf(rpm) === arch),
        ...(parent !== undefined && { builtOn: parent }),
      },
    ]),
  );

/** One image of all its releases, newest first. */
const imageFile = ([newest, ...older]: readonly Release[]): ImageFile[] => {
  if (!newest) return [];
  const { nvr, parent, builders, rpms } = newest;
  return [
    {
      name: imageOf(nvr),
      distroRelease: distOf(rpms),
      nvr,
      parents: [
        ...(parent === undefined ? [] : [{ kind: 'image' as const, image: imageOf(parent) }]),
        ...builders.map((one) => ({
          kind: 'image' as const,
          image: imageOf(one),
          edge: 'build-only' as const,
        })),
      ],
      arches: archesOf(newest),
      olderBuilds: older.map((release) => ({ nvr: release.nvr, arches: archesOf(release) })),
    },
  ];
};

const byImage = (releases: readonly Release[]): readonly (readonly Release[])[] =>
  [...new Set(releases.map(({ nvr }) => imageOf(nvr)))].map((name) =>
    releases
      .filter(({ nvr }) => imageOf(nvr) === name)
      .sort((a, b) => rpmVersionCompare(releaseOf(b.nvr), releaseOf(a.nvr))),
  );

const fixedBy = (rpms: readonly string[], releases: readonly string[]) => ({
  offers: releases.flatMap((distroRelease) =>
    arches.map((arch) =>
      offered(
        rpms
          .filter((rpm) => distOf([rpm]) === distroRelease || distOf([rpm]) === 'R')
          .map((rpm) => `${rpm}.${arch}`),
        { distroRelease, arch },
      ),
    ),
  ),
  nominations: releases.map(
    (distroRelease): NominationFile => ({
      kind: 'packages',
      distroRelease,
      sources: rpms.map((rpm) => ({ name: nvrOf(rpm).name })),
    }),
  ),
});

export const planTranslated = ({ images, fixed, denied }: Omit<PlanFact, 'batches'>): Translated => {
  const files = byImage(images.map(releaseFrom)).flatMap(imageFile);
  const rpms = fixed.split(' ');
  const releases = [...new Set([...files.map((one) => one.distroRelease), distOf(rpms)])];
  const globs = denied === undefined ? [] : denied.split(' ').map((start) => `${start}*`);
  return { images: files, ...fixedBy(rpms, releases), denied: globs };
};

/** Every image of the chains holds the RPM; parents are those of the newest release. */
export const chainsTranslated = ({ chains, released }: ChainsFact): Translated => {
  const parents = new Map<string, string | undefined>();
  for (const chain of chains.map((text) => text.split(' < '))) {
    for (const [index, nvr] of chain.entries()) parents.set(nvr, chain[index + 1] ?? parents.get(nvr));
  }
  const groups = byImage(
    [...parents].map(([nvr, parent]) => ({ nvr, parent, builders: [], rpms: ['fix-1-1.x86_64'] })),
  ).map((group) => [...group].sort((a, b) => Number(b.nvr === released) - Number(a.nvr === released)));
  const files = new Map(groups.flatMap(imageFile).map((one) => [one.name, one]));
  const wanted = new Set(chains.map((chain) => imageOf(chain.split(' < ')[0] ?? '')));
  // Grows while it is walked. A release that nothing stands on any more is no image of the fleet.
  for (const name of wanted) {
    for (const parent of files.get(name)?.parents ?? [])
      if (parent.kind === 'image') wanted.add(parent.image);
  }
  const images = [...files.values()].filter(({ name }) => wanted.has(name));
  return { images, ...fixedBy(['fix-1-2'], ['R']), denied: [] };
};
