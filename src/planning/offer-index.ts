/** Offers by what they are an offer of, so that each installed package is one look-up. */
import type { Rpm } from '../../schemas/content.ts';
import type { Arch, DistroReleaseName } from '../../schemas/ids.ts';
import { evrCompare, parseEvr } from '../rpm/evr.ts';
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

type Package = Pick<Rpm, 'name' | 'arch' | 'module'>;

export interface OfferIndex {
  /** What the repositories of the image offer for an installed package. */
  readonly best: (distroRelease: DistroReleaseName, arch: Arch, rpm: Package) => BestOffer | undefined;
  /** Whether exactly this one is on offer to the image, be it the best or not. */
  readonly lists: (distroRelease: DistroReleaseName, arch: Arch, rpm: Rpm) => boolean;
  /** Every best offer of that package name, for telling what does not count. */
  readonly named: (name: string) => readonly BestOffer[];
  /** Whether any package of this source, at least as new as `sourceEvr`, is on offer there in the module stream. */
  readonly hasSource: (wanted: WantedSource) => boolean;
}

export interface WantedSource {
  readonly distroRelease: DistroReleaseName;
  readonly arch: Arch;
  readonly sourceName: string;
  readonly sourceEvr: string;
  readonly stream: string;
}

/** Packages compare within a module stream only, whatever its version and context. */
export const streamOf = (rpm: Pick<Rpm, 'module'>): string => rpm.module?.split(':', 2).join(':') ?? '';

const keyOf = (distroRelease: DistroReleaseName, arch: Arch, rpm: Package): string =>
  [distroRelease, arch, rpm.name, rpm.arch, streamOf(rpm)].join('\n');

const exactKeyOf = (distroRelease: DistroReleaseName, arch: Arch, rpm: Rpm): string =>
  [keyOf(distroRelease, arch, rpm), rpm.epoch, rpm.version, rpm.release].join('\n');

const sourceKey = ({ distroRelease, arch, sourceName, stream }: Omit<WantedSource, 'sourceEvr'>): string =>
  [distroRelease, arch, sourceName, stream].join('\n');

const isAtLeast = (text: string, wanted: string): boolean => {
  const [evr, least] = [parseEvr(text), parseEvr(wanted)];
  return evr !== undefined && least !== undefined && evrCompare(evr, least) >= 0;
};

export const indexOffers = (offers: readonly Offer[]): OfferIndex => {
  const highest = new Map<string, { offer: Offer; repositories: Set<string> }>();
  const sources = new Map<string, Set<string>>();
  const all = new Set<string>();
  for (const offer of offers) {
    all.add(exactKeyOf(offer.distroRelease, offer.arch, offer.rpm));
    const source = sourceKey({ ...offer, ...offer.rpm, arch: offer.arch, stream: streamOf(offer.rpm) });
    sources.set(source, (sources.get(source) ?? new Set()).add(offer.rpm.sourceEvr));
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
    lists: (distroRelease, arch, rpm) => all.has(exactKeyOf(distroRelease, arch, rpm)),
    named: (name) => byName.get(name) ?? [],
    hasSource: (wanted) =>
      [...(sources.get(sourceKey(wanted)) ?? [])].some((evr) => isAtLeast(evr, wanted.sourceEvr)),
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
