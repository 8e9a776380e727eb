/**
 * Freshmaker's catalogue as an inventory: images of one name and version are one image, whose newest release is the
 * baseline; advisories are nominations, and their RPMs are on offer for every arch. Pyxis's repositories, tags,
 * categories and content sets have no counterpart and are left out.
 */
import { rpmVersionCompare } from '../../../../src/rpm/evr.ts';
import { parseNvr } from '../../../../src/rpm/nevra.ts';
import { type ImageFile, type NominationFile, type OfferFile, offered } from '../files/an-inventory.ts';
import type { CatalogImage, ChainsFact, PlanFact } from './facts.ts';

export interface Translated {
  readonly images: readonly ImageFile[];
  readonly offers: readonly OfferFile[];
  readonly nominations: readonly NominationFile[];
}

const archNames = { amd64: 'x86_64', arm64: 'aarch64', ppc64le: 'ppc64le', s390x: 's390x' } as const;
type OciArch = keyof typeof archNames;
const isArch = (name: string): name is OciArch => Object.hasOwn(archNames, name);

const nvrOf = (text: string) => {
  const nvr = parseNvr(text);
  if (!nvr) throw new Error(`${text} is no NVR`);
  return nvr;
};

/** `httpd-2.4` of `httpd-2.4-12`. */
export const imageOf = (nvr: string): string => `${nvrOf(nvr).name}-${nvrOf(nvr).version}`;

const releaseOf = (nvr: string): string => nvrOf(nvr).release;

/** `.el8` says which distro release a package is of; without it there is only one. */
const distOf = (names: readonly string[]): string =>
  names.map((name) => /\.(el\d+)\b/.exec(name)?.[1]).find((dist) => dist !== undefined) ?? 'R';

/** One image of all its releases, newest first. */
const imageFile = ([newest, ...older]: readonly CatalogImage[], autoRebuild: boolean): ImageFile[] => {
  if (!newest) return [];
  const arches = (image: CatalogImage): ImageFile['arches'] =>
    Object.fromEntries(
      Object.entries(image.arches).map(([arch, rpms]) => [
        isArch(arch) ? archNames[arch] : arch,
        { rpms, ...(image.parent !== null && { builtOn: image.parent }) },
      ]),
    );
  return [
    {
      name: imageOf(newest.nvr),
      distroRelease: distOf(Object.values(newest.arches).flat()),
      nvr: newest.nvr,
      parents: [
        ...(newest.parent === null ? [] : [{ kind: 'image' as const, image: imageOf(newest.parent) }]),
        ...newest.builder_stages.map((one) => ({
          kind: 'image' as const,
          image: imageOf(one),
          edge: 'build-only' as const,
        })),
      ],
      arches: arches(newest),
      olderBuilds: older.map((image) => ({ nvr: image.nvr, arches: arches(image) })),
      policy: { autoRebuild },
    },
  ];
};

const byImage = (images: readonly CatalogImage[]): readonly (readonly CatalogImage[])[] =>
  [...new Set(images.map(({ nvr }) => imageOf(nvr)))].map((name) =>
    images
      .filter(({ nvr }) => imageOf(nvr) === name)
      .sort((a, b) => rpmVersionCompare(releaseOf(b.nvr), releaseOf(a.nvr))),
  );

const advisory = (rpms: readonly string[], releases: readonly string[]): Omit<Translated, 'images'> => ({
  offers: releases.flatMap((distroRelease) =>
    Object.values(archNames).map((arch) =>
      offered(
        rpms
          .filter((rpm) => distOf([rpm]) === distroRelease || distOf([rpm]) === 'R')
          .map((rpm) => `${rpm}.${arch}`),
        { distroRelease, arch },
      ),
    ),
  ),
  nominations: releases.map((distroRelease) => ({
    kind: 'packages',
    distroRelease,
    sources: rpms.map((rpm) => ({ name: nvrOf(rpm).name })),
  })),
});

/** Hotfix images and denied ones are those that are rebuilt only when a person asks. */
export const planTranslated = ({ input }: PlanFact): Translated => {
  const built = input.catalog.images.filter((image) => !image.no_brew);
  const denied = (image: CatalogImage) =>
    image.labels.includes('com.redhat.hotfix') ||
    input.options.deny_image_names.some((start) => image.nvr.startsWith(start));
  const images = byImage(built).flatMap((releases) => imageFile(releases, !releases.some(denied)));
  const releases = [...new Set([...images.map((one) => one.distroRelease), distOf(input.advisory.rpms)])];
  return { images, ...advisory(input.advisory.rpms, releases) };
};

/** Every image of the chains holds the RPM; parents are those of the newest release. */
export const chainsTranslated = ({
  input: { chains, image_overrides: overrides },
}: ChainsFact): Translated => {
  const parents = new Map<string, string | null>();
  for (const chain of chains) {
    for (const [index, nvr] of chain.entries())
      parents.set(nvr, chain[index + 1] ?? parents.get(nvr) ?? null);
  }
  const isReleased = (nvr: string): boolean => overrides[nvr]?.latest_released === true;
  const groups = byImage(
    [...parents].map(([nvr, parent]) => ({
      nvr,
      parent,
      arches: { amd64: ['fix-1-1.x86_64'] },
      builder_stages: [],
      labels: [],
      no_brew: false,
    })),
  ).map((group) => [...group].sort((a, b) => Number(isReleased(b.nvr)) - Number(isReleased(a.nvr))));
  const files = new Map(groups.flatMap((group) => imageFile(group, true)).map((one) => [one.name, one]));
  const wanted = new Set(chains.map(([leaf = '']) => imageOf(leaf)));
  // Grows while it is walked. A release that nothing stands on any more is no image of the fleet.
  for (const name of wanted) {
    for (const parent of files.get(name)?.parents ?? [])
      if (parent.kind === 'image') wanted.add(parent.image);
  }
  return {
    images: [...files.values()].filter(({ name }) => wanted.has(name)),
    ...advisory(['fix-1-2'], ['R']),
  };
};
