/** Builders for fleets: each states only what matters to the test. */
import type { Rpm } from '../../../schemas/content.ts';
import { type Arch, DistroReleaseName, ImageName, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import type { LeftAlone } from '../../../src/planning/left-alone.ts';
import { plan } from '../../../src/planning/plan.ts';
import type {
  Baseline,
  Installed,
  Offer,
  Plan,
  PlanInput,
  PlannableImage,
} from '../../../src/planning/plan-types.ts';
import type { Reason } from '../../../src/planning/reason.ts';

export const named = (name: string): ImageName => ImageName.parse(name);
export const release = (name: string): DistroReleaseName => DistroReleaseName.parse(name);
const f40 = release('F40');

/** A digest that text tells apart. */
export const manifest = (text: string): ManifestDigest => {
  const hex = Buffer.from(text).toString('hex');
  return ManifestDigest.parse(`sha256:${hex.padEnd(64, '0').slice(0, 64)}`);
};

export const evr = (version: string, epoch = 0) => ({ epoch, version, release: '1' });

export const anRpm = (name: string, version: string, rpm: Partial<Rpm> = {}): Rpm => ({
  name,
  epoch: 0,
  version,
  release: '1',
  arch: 'noarch',
  sourceName: name.split('-')[0] ?? name,
  sourceEvr: `${version}-1`,
  ...rpm,
});

export const aBaseline = (
  name: string,
  arches: readonly Arch[],
  baseline: Partial<Baseline> = {},
): Baseline => ({
  nvr: Nvr.parse(`${name}-1-1`),
  treeId: 'tree',
  version: '1',
  decided: true,
  arches: Object.fromEntries(arches.map((arch) => [arch, { manifestDigest: manifest(`${name} ${arch}`) }])),
  ...baseline,
});

export const both: readonly Arch[] = ['x86_64', 's390x'];

export const openssl = (version: string, rpm: Partial<Rpm> = {}): Rpm =>
  anRpm('openssl-libs', version, { sourceName: 'openssl', ...rpm });

interface ImageOptions extends Partial<Omit<PlannableImage, 'name' | 'layerParent' | 'buildParents'>> {
  readonly on?: string;
  readonly from?: readonly string[];
}

/** Built once as it is, for x86_64 and s390x, unless said otherwise. */
export const anImage = (name: string, { on, from = [], ...image }: ImageOptions = {}): PlannableImage => {
  const arches = image.arches ?? ['x86_64', 's390x'];
  return {
    name: named(name),
    component: name,
    version: '1',
    distroRelease: f40,
    arches,
    buildParents: from.map((one) => ({ kind: 'image', image: named(one) })),
    ...(on !== undefined && { layerParent: { kind: 'image', image: named(on) } }),
    autoRebuild: true,
    treeId: 'tree',
    sourceTime: 1,
    baseline: aBaseline(name, arches),
    ...image,
  };
};

/** `app` on `runtime` on `base`, and another that has nothing to do with them. */
export const fleet: readonly PlannableImage[] = [
  anImage('app', { on: 'runtime' }),
  anImage('runtime', { on: 'base' }),
  anImage('base'),
  anImage('other'),
];

/** `rpm` in `image` on each of the arches. */
export const has = (image: string, rpm: Rpm, ...arches: Arch[]): readonly Installed[] =>
  arches.map((arch) => ({ image: named(image), arch, rpm }));

/** `rpm` on offer on each of the arches. */
export const offers = (rpm: Rpm, arches: readonly Arch[], offer: Partial<Offer> = {}): readonly Offer[] =>
  arches.map((arch) => ({ distroRelease: f40, arch, rpm, repository: 'updates', ...offer }));

export const planOf = (images: readonly PlannableImage[], input: Partial<PlanInput> = {}): Plan =>
  plan({ images, introduced: [], offers: [], requested: [], ...input });

/** `app: x86_64 s390x`, in the plan's order. */
export const built = (made: Plan): readonly string[] =>
  made.builds.map(({ image, arches }) => `${image}: ${arches.map(({ arch }) => arch).join(' ')}`);

/** Kinds of reasons of one arch build. */
export const reasonsFor = (made: Plan, image: string, arch: Arch): readonly Reason[] =>
  archBuild(made, image, arch)?.reasons ?? [];

export const archBuild = (made: Plan, image: string, arch: Arch) =>
  made.builds.find((build) => build.image === image)?.arches.find((one) => one.arch === arch);

/** `app s390x: inherited`. */
export const left = (made: Plan): readonly string[] => made.leftAlone.map(leftLine);

const leftLine = ({ image, arch, reason }: LeftAlone): string => {
  const by = reason.kind === 'blocked' ? ` by ${reason.by}` : '';
  return `${image}${arch ? ` ${arch}` : ''}: ${reason.kind}${by}`;
};
