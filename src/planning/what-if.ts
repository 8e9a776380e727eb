/** What would happen if these source packages were on offer. */
import type { ImageName } from '../../schemas/ids.ts';
import { evrCompare, formatEvr, parseEvr } from '../rpm/evr.ts';
import { parseNvr } from '../rpm/nevra.ts';
import { plan } from './plan.ts';
import type { Installed, Offer, Plan, PlanInput, PlannableImage } from './plan-types.ts';

/** The repository that invented offers are said to be in. */
export const WHAT_IF = 'what-if';

/**
 * For every package of these sources that is installed: the package that the new source would make of it. Names of
 * builds have no epoch, so the installed source's counts; a module stays what it is. A package with a version of its
 * own, other than its source's, gets a release above its present one.
 * @throws Error naming what is no `name-version-release`.
 */
export const inventOffers = (
  sourceNvrs: readonly string[],
  introduced: readonly Installed[],
  images: readonly Pick<PlannableImage, 'name' | 'distroRelease'>[],
): readonly Offer[] => {
  const releases = new Map<ImageName, Offer['distroRelease']>(
    images.map((image) => [image.name, image.distroRelease]),
  );
  const sources = new Map<string, { version: string; release: string }[]>();
  for (const text of sourceNvrs) {
    const nvr = parseNvr(text);
    if (!nvr) throw new Error(`${JSON.stringify(text)} is not the name-version-release of a source package`);
    sources.set(nvr.name, [...(sources.get(nvr.name) ?? []), nvr]);
  }
  return introduced.flatMap(({ image, arch, rpm }) => {
    const distroRelease = releases.get(image);
    if (distroRelease === undefined) return [];
    return (sources.get(rpm.sourceName) ?? []).flatMap((source) => {
      const next = rpmOfSource(rpm, source);
      return next ? [{ distroRelease, arch, rpm: next, repository: WHAT_IF }] : [];
    });
  });
};

const rpmOfSource = (rpm: Installed['rpm'], source: { version: string; release: string }) => {
  const present = parseEvr(rpm.sourceEvr) ?? rpm;
  const { version, release } = source;
  const next = { epoch: present.epoch, version, release };
  if (evrCompare(next, present) <= 0) return undefined;
  const sourceEvr = formatEvr(next);
  const followsSource = rpm.version === present.version && rpm.release === present.release;
  return followsSource
    ? { ...rpm, version, release, sourceEvr }
    : { ...rpm, release: `${rpm.release}^${release}`, sourceEvr };
};

/** The plan for the present contents if these sources were on offer as well. */
export const whatIf = (input: PlanInput, sourceNvrs: readonly string[]): Plan => {
  const installed = [...input.introduced, ...(input.inherited ?? [])];
  return plan({ ...input, offers: [...input.offers, ...inventOffers(sourceNvrs, installed, input.images)] });
};
