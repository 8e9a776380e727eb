/** Each package in question, set against what is on offer. */
import type { Rpm } from '../../schemas/content.ts';
import type { Arch, DistroReleaseName, ImageName } from '../../schemas/ids.ts';
import { evrCompare } from '../rpm/evr.ts';
import type { Lack, PackageAtHand } from './left-alone.ts';
import { type BestOffer, type OfferIndex, streamOf } from './offer-index.ts';
import type { Installed } from './plan-types.ts';

/** One installed name.arch of one module stream, in the baseline of one arch. */
export interface Finding {
  readonly image: ImageName;
  readonly arch: Arch;
  /** The highest, where several are installed side by side, as kernels are. */
  readonly rpm: Rpm;
  /** Set where the image's repositories offer a higher one. */
  readonly fix: BestOffer | undefined;
  readonly atHand: PackageAtHand;
  /** Why there is no fix; meaningless where there is one. */
  readonly lack: Lack;
}

export type FindingsByImage = ReadonlyMap<ImageName, ReadonlyMap<Arch, ReadonlyMap<string, Finding>>>;

/** Within an image and arch: which package it is. */
export const packageKey = (rpm: Rpm): string => [rpm.name, rpm.arch, streamOf(rpm)].join('\n');

/** Rows of images that are not in `releases` are passed over: there is no plan for them. */
export function* findingsOf(
  installed: readonly Installed[],
  releases: ReadonlyMap<ImageName, DistroReleaseName>,
  offers: OfferIndex,
): Generator<undefined, FindingsByImage> {
  const found = new Map<ImageName, Map<Arch, Map<string, Finding>>>();
  for (const { image, arch, rpm } of installed) {
    const release = releases.get(image);
    if (release === undefined) continue;
    const ofImage = found.get(image) ?? new Map<Arch, Map<string, Finding>>();
    const ofArch = ofImage.get(arch) ?? new Map<string, Finding>();
    found.set(image, ofImage.set(arch, ofArch));
    const key = packageKey(rpm);
    const known = ofArch.get(key);
    if (!known || isHigher(rpm, known.rpm)) ofArch.set(key, findingOf({ image, arch, rpm }, release, offers));
    yield;
  }
  return found;
}

/** A total order, so that the order of rows never shows: rpm's, then the text of what rpm holds for equal. */
const isHigher = (rpm: Rpm, known: Rpm): boolean => {
  const order = evrCompare(rpm, known);
  return order !== 0 ? order > 0 : JSON.stringify(rpm) < JSON.stringify(known);
};

const findingOf = (
  { image, arch, rpm }: Installed,
  release: DistroReleaseName,
  offers: OfferIndex,
): Finding => {
  const best = offers.best(release, arch, rpm);
  const fix = best && evrCompare(best.rpm, rpm) > 0 ? best : undefined;
  const { lack, elsewhere } = fix
    ? { lack: 'nothing-newer' as const, elsewhere: [] }
    : whyNone(rpm, arch, release, offers);
  return { image, arch, rpm, fix, lack, atHand: atHand(rpm, best, elsewhere) };
};

const atHand = (rpm: Rpm, best: BestOffer | undefined, elsewhere: readonly string[]): PackageAtHand => ({
  name: rpm.name,
  arch: rpm.arch,
  source: rpm.sourceName,
  installed: evrOf(rpm),
  ...(best && { offered: evrOf(best.rpm) }),
  elsewhere: [...new Set(elsewhere)].sort(),
});

export const evrOf = ({ epoch, version, release }: Rpm) => ({ epoch, version, release });

/** Where something newer is that this image cannot take. Another stream says most, another arch least. */
const whyNone = (rpm: Rpm, arch: Arch, release: DistroReleaseName, offers: OfferIndex) => {
  const stream = streamOf(rpm);
  const newer = offers.named(rpm.name).filter((offer) => evrCompare(offer.rpm, rpm) > 0);
  const here = newer.filter((offer) => offer.distroRelease === release);
  const streams = here.filter(
    (offer) => offer.arch === arch && offer.stream !== stream && offer.rpm.arch === rpm.arch,
  );
  if (streams.length > 0) {
    return {
      lack: 'other-module-stream' as const,
      elsewhere: streams.map((offer) => offer.stream || 'no module'),
    };
  }
  const arches = here.filter((offer) => offer.arch !== arch && offer.stream === stream);
  if (arches.length > 0) {
    const isBuiltHere = arches.some(({ rpm: { sourceName, sourceEvr } }) =>
      offers.hasSource({ distroRelease: release, arch, sourceName, sourceEvr, stream }),
    );
    const lack = isBuiltHere ? ('not-offered' as const) : ('nothing-newer' as const);
    return { lack, elsewhere: arches.map((offer) => offer.arch) };
  }
  const releases = newer.filter(
    (offer) =>
      offer.distroRelease !== release &&
      offer.arch === arch &&
      offer.stream === stream &&
      offer.rpm.arch === rpm.arch,
  );
  if (releases.length === 0) return { lack: 'nothing-newer' as const, elsewhere: [] };
  return { lack: 'other-distro-release' as const, elsewhere: releases.map((offer) => offer.distroRelease) };
};
