/** What would happen if: the planner on the present contents, and on what is supposed to be on offer or to have changed. */
import type { Rpm } from '../../schemas/content.ts';
import type { ImageName } from '../../schemas/ids.ts';
import { evrCompare, formatEvr, parseEvr, rpmVersionCompare } from '../rpm/evr.ts';
import { parseModule, parseSource, type SupposedModule } from './hypothesis.ts';
import { streamOf } from './offer-index.ts';
import { plan } from './plan.ts';
import type { Installed, Offer, ParentOf, Plan, PlanInput, PlannableImage, Request } from './plan-types.ts';

/** What is supposed. */
export interface Hypothesis {
  /** NVRs of source packages, as if every repository offered them. */
  readonly sources: readonly string[];
  /** `name:stream:version:context`, as if every repository listed them. */
  readonly modules: readonly string[];
  /** Pullspecs of external bases, or their repositories, as if they had moved. */
  readonly bases: readonly string[];
  /** Images, as if their source had changed. */
  readonly images: readonly ImageName[];
}

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
  installed: readonly Installed[],
  images: readonly Pick<PlannableImage, 'name' | 'distroRelease'>[],
): readonly Offer[] => {
  const sources = new Map<string, { version: string; release: string }[]>();
  for (const text of sourceNvrs) {
    const nvr = parseSource(text);
    sources.set(nvr.name, [...(sources.get(nvr.name) ?? []), nvr]);
  }
  return invented(installed, images, (rpm) =>
    (sources.get(rpm.sourceName) ?? []).flatMap((source) => rpmOfSource(rpm, source) ?? []),
  );
};

/**
 * For every installed package of these modules' streams: the one that a newer build of the module would hold, its
 * release above the present one. A module that is not newer than the installed one makes nothing of it.
 * @throws Error naming what is no `name:stream:version:context`.
 */
export const inventModuleOffers = (
  labels: readonly string[],
  installed: readonly Installed[],
  images: readonly Pick<PlannableImage, 'name' | 'distroRelease'>[],
): readonly Offer[] => {
  const modules = labels.map(parseModule);
  return invented(installed, images, (rpm) => modules.flatMap((module) => rpmOfModule(rpm, module) ?? []));
};

const rpmOfModule = (rpm: Rpm, { stream, version, label }: SupposedModule): Rpm | undefined => {
  if (rpm.module === undefined || streamOf(rpm) !== stream) return undefined;
  if (rpmVersionCompare(version, parseModule(rpm.module).version) <= 0) return undefined;
  return { ...rpm, release: `${rpm.release}^${version}`, module: label };
};

const invented = (
  installed: readonly Installed[],
  images: readonly Pick<PlannableImage, 'name' | 'distroRelease'>[],
  made: (rpm: Rpm) => readonly Rpm[],
): readonly Offer[] => {
  const releases = new Map<ImageName, Offer['distroRelease']>(
    images.map((image) => [image.name, image.distroRelease]),
  );
  return installed.flatMap(({ image, arch, rpm }) => {
    const distroRelease = releases.get(image);
    if (distroRelease === undefined) return [];
    return made(rpm).map((next) => ({ distroRelease, arch, rpm: next, repository: WHAT_IF }));
  });
};

const rpmOfSource = (rpm: Rpm, source: { version: string; release: string }): Rpm | undefined => {
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

/** Whether a pullspec is the supposed base: the same, or of the repository that is named without tag and digest. */
export const isBase = (pullspec: string, base: string): boolean =>
  pullspec === base || pullspec.startsWith(`${base}@`) || pullspec.startsWith(`${base}:`);

/** What is asked for of an image that is supposed to have changed itself, or to stand on a base that has. */
export const supposedRequests = (
  { bases, images }: Pick<Hypothesis, 'bases' | 'images'>,
  image: { readonly name: ImageName; readonly externals: readonly string[] },
): readonly Request[] => [
  ...(images.includes(image.name)
    ? [{ image: image.name, reason: { kind: 'source-changed' as const, references: [WHAT_IF] } }]
    : []),
  ...image.externals
    .filter((pullspec) => bases.some((base) => isBase(pullspec, base)))
    .map((pullspec) => ({
      image: image.name,
      reason: { kind: 'base-moved' as const, pullspec, references: [WHAT_IF] },
    })),
];

const installedIn = (input: PlanInput): readonly Installed[] => [
  ...input.introduced,
  ...(input.inherited ?? []),
  ...(input.fromBase ?? []),
];

/** The plan for the present contents if it were so. */
export const whatIf = (input: PlanInput, hypothesis: Hypothesis): Plan => plan(supposing(input, hypothesis));

/** The input if it were so, by security updates. What the sources and modules are made from must be in it. */
export const supposing = (input: PlanInput, hypothesis: Hypothesis): PlanInput => {
  const installed = installedIn(input);
  const requested = input.images.flatMap(({ name, layerParent, buildParents }) =>
    supposedRequests(hypothesis, { name, externals: externalsOf([layerParent, ...buildParents]) }),
  );
  const offers = [
    ...input.offers,
    ...inventOffers(hypothesis.sources, installed, input.images),
    ...inventModuleOffers(hypothesis.modules, installed, input.images),
  ];
  const supposed = offers.slice(input.offers.length).map(({ rpm }) => rpm.sourceName);
  const security = new Set([...(input.security ?? []), ...supposed]);
  return { ...input, requested: [...input.requested, ...requested], offers, security };
};

const externalsOf = (parents: readonly (ParentOf | undefined)[]): readonly string[] =>
  parents.flatMap((parent) => (parent?.kind === 'external' ? [parent.pullspec] : []));

/** What a supposed source or module is to what is installed. */
export type Effect = 'not installed' | 'not newer' | 'newer';

/** For each supposed source and module, by how it was named. */
export const effectsOf = (
  input: PlanInput,
  { sources, modules }: Pick<Hypothesis, 'sources' | 'modules'>,
): ReadonlyMap<string, Effect> => {
  const installed = installedIn(input).map(({ rpm }) => rpm);
  const effect = (of: readonly Rpm[], next: (rpm: Rpm) => Rpm | undefined): Effect => {
    if (of.length === 0) return 'not installed';
    return of.some((rpm) => next(rpm) !== undefined) ? 'newer' : 'not newer';
  };
  return new Map([
    ...sources.map((text): [string, Effect] => {
      const source = parseSource(text);
      const of = installed.filter(({ sourceName }) => sourceName === source.name);
      return [text, effect(of, (rpm) => rpmOfSource(rpm, source))];
    }),
    ...modules.map((text): [string, Effect] => {
      const module = parseModule(text);
      const of = installed.filter((rpm) => rpm.module !== undefined && streamOf(rpm) === module.stream);
      return [text, effect(of, (rpm) => rpmOfModule(rpm, module))];
    }),
  ]);
};

/** Says of what is supposed what makes no difference to any image, so that nobody takes the rest for its doing. */
export const remarksOn = (effects: readonly ReadonlyMap<string, Effect>[]): string[] => {
  const named = [...new Set(effects.flatMap((each) => [...each.keys()]))];
  return named.flatMap((name) => {
    const all = effects.map((each) => each.get(name));
    if (all.includes('newer')) return [];
    return all.includes('not newer')
      ? [`${name} is not newer than what any image holds`]
      : [`no image holds anything of ${name}`];
  });
};
