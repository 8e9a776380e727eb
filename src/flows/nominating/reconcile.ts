/**
 * What no message told is nominated as if one had: the planner's question, asked over all offers. What a rebuild has
 * looked at since it was there, or is going to look at, needs no further word, so a build that failed is not nominated anew.
 */
import { DistroReleaseName, type ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { tryInfrastructureAgain } from '../ending/failed-on-infrastructure.ts';
import { lockNamed } from '../lock.ts';
import { forgetObserved } from '../planning/observe.ts';
import { noLongerListed, type Vanished } from '../planning/withdrawals.ts';
import type { Settings } from '../settings.ts';
import { nominate } from './nominate.ts';
import { nominatePairs } from './nominate-pairs.ts';
import { nominateVanished } from './nominate-vanished.ts';
import { overlookedBases, overlookedImages, overlookedOffers } from './overlooked.ts';

export const reconcileTimer = 'reconcile';

/** What was found, by distro release: what is nominated, unless it is only to be told. */
export interface Overlooked {
  readonly distroRelease: DistroReleaseName;
  readonly sources: readonly string[];
  /** Never built, or of another source than their newest build. */
  readonly images: readonly ImageName[];
  /** External bases that some image stands on as they were before. */
  readonly bases: readonly string[];
  /** Builds, `name-version-release`, that were withdrawn while repositories still listed them, and are listed no more. */
  readonly withdrawn: readonly string[];
}

/** When the planner starts, and from then on in its interval. What was only observed is to be found by a flibs that builds. */
export const startReconciling = async (flow: Flow, { observe }: Settings): Promise<void> => {
  if (!observe) await forgetObserved(flow);
  await flow.timer({ kind: reconcileTimer, key: 'all', due: flow.now });
};

/** By its timer, which is set again. */
export const reconcileOnTime = async (flow: Flow, settings: Settings): Promise<void> => {
  const due = new Date(flow.now.getTime() + settings.reconcileInterval * 1000);
  await flow.timer({ kind: reconcileTimer, key: 'all', due });
  await reconcile(flow, false);
  await tryInfrastructureAgain(flow, settings, false);
};

/** @param dryRun - true: nothing is nominated */
export const reconcile = async (flow: Flow, dryRun: boolean): Promise<readonly Overlooked[]> => {
  // Two at once would nominate everything twice.
  await lockNamed(flow, 'reconcile');
  const offers = await overlookedOffers(flow);
  const images = await overlookedImages(flow);
  const bases = await overlookedBases(flow);
  const vanished = await noLongerListed(flow);
  const releases = [
    ...new Set([...offers, ...images, ...bases, ...vanished].map(({ distroRelease }) => distroRelease)),
  ].sort();
  const overlooked = releases.map((distroRelease) => {
    const ofIt = (each: { readonly distroRelease: string }) => each.distroRelease === distroRelease;
    return {
      distroRelease: DistroReleaseName.parse(distroRelease),
      sources: namesOf(offers.filter(ofIt).map(({ source }) => source)),
      images: namesOf(images.filter(ofIt).map(({ image }) => image)),
      bases: namesOf(bases.filter(ofIt).map(({ pullspec }) => pullspec)),
      withdrawn: namesOf(vanished.filter(ofIt).map(nvrOf)),
    };
  });
  if (!dryRun) {
    await nominatePairs(flow, offers);
    for (const each of overlooked) await nominateImages(flow, each);
    await nominateBases(flow, namesOf(bases.map(({ pullspec }) => pullspec)));
    await nominateVanished(flow, vanished);
  }
  return overlooked;
};

const nvrOf = ({ name, version, release }: Vanished): string => `${name}-${version}-${release}`;

const namesOf = <Name extends string>(names: readonly Name[]): readonly Name[] => [...new Set(names)].sort();

const nominateImages = async (flow: Flow, { distroRelease, images }: Overlooked): Promise<void> => {
  const [first, ...rest] = images;
  if (first === undefined) return;
  const common = { distroRelease, severity: 'none' as Severity, reference: 'definitions' };
  await nominate(flow, { kind: 'sources', ...common, images: [first, ...rest] });
};

const nominateBases = async (flow: Flow, [first, ...rest]: readonly string[]): Promise<void> => {
  if (first === undefined) return;
  await nominate(flow, {
    kind: 'base',
    pullspecs: [first, ...rest],
    severity: 'none',
    reference: 'what is built on them',
  });
};
