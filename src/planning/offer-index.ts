/** Offers by what they are an offer of, so that each installed package is one look-up. */
import type { Rpm } from '../../schemas/content.ts';
import type { Arch, DistroReleaseName } from '../../schemas/ids.ts';
import { evrCompare } from '../rpm/evr.ts';
import type { Offer } from './plan-types.ts';

/** The highest of one name.arch in one module stream, in the repositories of one distro release for one arch. */
export interface BestOffer {
  readonly distroRelease: DistroReleaseName;
  readonly arch: Arch;
  /** `name:stream`; empty for what is in no module. */
  readonly stream: string;
  readonly rpm: Rpm;
  /** Sorted. */
  readonly repositories: readonly string[];
}

export interface OfferIndex {
  /** What the repositories of the image offer for an installed package. */
  readonly best: (distroRelease: DistroReleaseName, arch: Arch, rpm: Rpm) => BestOffer | undefined;
  /** Every best offer of that package name, for telling what does not count. */
  readonly named: (name: string) => readonly BestOffer[];
}

/** Packages compare within a module stream only, whatever its version and context. */
export const streamOf = (rpm: Rpm): string => rpm.module?.split(':', 2).join(':') ?? '';

const keyOf = (distroRelease: DistroReleaseName, arch: Arch, rpm: Rpm): string =>
  [distroRelease, arch, rpm.name, rpm.arch, streamOf(rpm)].join('\n');

export const indexOffers = (offers: readonly Offer[]): OfferIndex => {
  const highest = new Map<string, { offer: Offer; repositories: Set<string> }>();
  for (const offer of offers) {
    const key = keyOf(offer.distroRelease, offer.arch, offer.rpm);
    const known = highest.get(key);
    const order = known ? evrCompare(offer.rpm, known.offer.rpm) : 1;
    if (!known || order > 0) highest.set(key, { offer, repositories: new Set([offer.repository]) });
    else if (order === 0) {
      known.repositories.add(offer.repository);
      if (identity(offer.rpm) < identity(known.offer.rpm)) known.offer = offer;
    }
  }
  const byKey = new Map(
    [...highest].map(([key, { offer, repositories }]) => [key, bestOf(offer, repositories)]),
  );
  const byName = new Map<string, BestOffer[]>();
  for (const best of byKey.values()) {
    const known = byName.get(best.rpm.name);
    if (known) known.push(best);
    else byName.set(best.rpm.name, [best]);
  }
  return {
    best: (distroRelease, arch, rpm) => byKey.get(keyOf(distroRelease, arch, rpm)),
    named: (name) => byName.get(name) ?? [],
  };
};

/** Versions that compare as equal can still be written differently (`1.0` and `1_0`): one is taken, always the same. */
const identity = (rpm: Rpm): string =>
  [rpm.version, rpm.release, rpm.sourceName, rpm.module ?? ''].join('\n');

const bestOf = ({ distroRelease, arch, rpm }: Offer, repositories: ReadonlySet<string>): BestOffer => ({
  distroRelease,
  arch,
  stream: streamOf(rpm),
  rpm,
  repositories: [...repositories].sort(),
});
