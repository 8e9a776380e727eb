/** The builds of an inventory as manifests: what each adds, what each inherits. */
import { createHash } from 'node:crypto';
import type { Rpm } from '../../../schemas/content.ts';
import type {
  Inventory,
  InventoryArch,
  InventoryBase,
  InventoryImage,
} from '../../../schemas/files/inventory.ts';
import { Arch, type ImageName, ManifestDigest, type Nvr } from '../../../schemas/ids.ts';
import { contentOnParent, introducedBy } from '../../content/introduced.ts';

/** What one manifest holds, of a build or of an external base. */
interface Layer {
  readonly digest: ManifestDigest;
  readonly entry: Pick<InventoryArch, 'rpms' | 'introduced' | 'removed'>;
  /** The layer parent's manifest that it was made on. */
  readonly builtOn: ManifestDigest | undefined;
}

/** One arch of one build. */
export interface Manifest extends Layer {
  /** The build that made it. */
  readonly nvr: Nvr;
  readonly arch: Arch;
  readonly entry: InventoryArch;
}

export interface Manifests {
  /** The baseline's, where it has one for this arch. */
  readonly present: (image: ImageName, arch: Arch) => Manifest | undefined;
  /** What an external base points to at present, where the inventory tells. */
  readonly ofBase: (pullspec: string, arch: Arch) => ManifestDigest | undefined;
  readonly introduced: (image: InventoryImage, manifest: Manifest) => readonly Rpm[];
  /** What the manifest has from what it was built on, as far as that is known. */
  readonly inherited: (image: InventoryImage, manifest: Manifest) => readonly Rpm[];
}

/** Where the inventory gives no digest: any will do that tells one manifest from another. */
const madeUpDigest = (nvr: string, arch: Arch): ManifestDigest =>
  ManifestDigest.parse(`sha256:${createHash('sha256').update(`${nvr} ${arch}`).digest('hex')}`);

const digestOf = (nvr: Nvr, arch: Arch, entry: InventoryArch): ManifestDigest =>
  entry.manifestDigest ?? madeUpDigest(entry.carriedFrom ?? nvr, arch);

const baseDigest = (pullspec: string, arch: Arch, given: ManifestDigest | undefined): ManifestDigest =>
  given ?? madeUpDigest(pullspec, arch);

/** An external base, present or older, as manifests of nobody's. */
const layersOfBase = ({ pullspec, arches, older }: InventoryBase): readonly Layer[] =>
  [arches, ...older].flatMap((state) =>
    Arch.options.flatMap((arch) => {
      const entry = state[arch];
      if (entry === undefined) return [];
      const digest = baseDigest(pullspec, arch, entry.manifestDigest);
      return [{ digest, entry, builtOn: undefined }];
    }),
  );

/** Arches of a build that were ever built. */
export const builtArches = (arches: InventoryImage['arches']): readonly (readonly [Arch, InventoryArch])[] =>
  Arch.options.flatMap((arch) => {
    const entry = arches[arch];
    return entry?.rpms || entry?.introduced ? [[arch, entry] as const] : [];
  });

export const layerParent = (image: InventoryImage): InventoryImage['parents'][number] | undefined =>
  image.parents.find(({ edge }) => edge === 'layer');

/** Digests of the manifests that NVRs stand for, arch by arch. */
const digestsByNvr = (inventory: Inventory): ReadonlyMap<string, ManifestDigest> =>
  new Map(
    inventory.images.flatMap((image) =>
      [
        ...image.olderBuilds,
        ...(image.nvr === undefined ? [] : [{ nvr: image.nvr, arches: image.arches }]),
      ].flatMap(({ nvr, arches }) =>
        builtArches(arches).map(([arch, entry]) => [`${nvr} ${arch}`, digestOf(nvr, arch, entry)] as const),
      ),
    ),
  );

export const manifestsOf = (inventory: Inventory): Manifests => {
  const images = new Map(inventory.images.map((image) => [image.name, image]));
  const byNvr = digestsByNvr(inventory);
  const bases = new Map(inventory.bases.map((base) => [base.pullspec, base]));
  const built = new Map<ManifestDigest, Manifest>();
  const ofBase = (pullspec: string, arch: Arch) => {
    const entry = bases.get(pullspec)?.arches[arch];
    return entry && baseDigest(pullspec, arch, entry.manifestDigest);
  };
  const presentDigest = (image: InventoryImage | undefined, arch: Arch) =>
    image?.nvr === undefined ? undefined : byNvr.get(`${image.nvr} ${arch}`);

  const builtOn = (image: InventoryImage, arch: Arch, { builtOn: named }: InventoryArch) => {
    const given = ManifestDigest.safeParse(named);
    if (given.success) return given.data;
    if (named !== undefined) return byNvr.get(`${named} ${arch}`) ?? madeUpDigest(named, arch);
    const parent = layerParent(image);
    if (parent?.kind === 'external') return ofBase(parent.pullspec, arch);
    return parent && presentDigest(images.get(parent.image), arch);
  };
  for (const image of inventory.images) {
    const builds = [
      ...image.olderBuilds,
      ...(image.nvr === undefined ? [] : [{ nvr: image.nvr, arches: image.arches }]),
    ];
    for (const { nvr, arches } of builds) {
      for (const [arch, entry] of builtArches(arches)) {
        const digest = digestOf(nvr, arch, entry);
        const made = {
          digest,
          nvr: entry.carriedFrom ?? nvr,
          arch,
          entry,
          builtOn: builtOn(image, arch, entry),
        };
        built.set(digest, made);
      }
    }
  }
  const present = (image: ImageName, arch: Arch): Manifest | undefined => {
    const digest = presentDigest(images.get(image), arch);
    return digest === undefined ? undefined : built.get(digest);
  };
  const layers = [...inventory.bases.flatMap(layersOfBase), ...built.values()];
  const known = new Map(layers.map((layer) => [layer.digest, layer]));
  return { present, ofBase, ...contentsOf(known, present) };
};

/** Full contents are worked out once each, and only where they are asked for. */
const contentsOf = (
  known: ReadonlyMap<ManifestDigest, Layer>,
  present: Manifests['present'],
): Pick<Manifests, 'introduced' | 'inherited'> => {
  const contents = new Map<ManifestDigest, readonly Rpm[]>();
  const below = (manifest: Layer) =>
    manifest.builtOn === undefined ? undefined : known.get(manifest.builtOn);
  const contentOf = (manifest: Layer | undefined): readonly Rpm[] => {
    if (!manifest) return [];
    const done = contents.get(manifest.digest);
    if (done) return done;
    const { rpms, introduced = [], removed = [] } = manifest.entry;
    const content = rpms ?? contentOnParent(contentOf(below(manifest)), { added: introduced, removed });
    contents.set(manifest.digest, content);
    return content;
  };
  const introduced = (image: InventoryImage, manifest: Manifest): readonly Rpm[] => {
    const { rpms, introduced: given } = manifest.entry;
    if (rpms === undefined) return given ?? [];
    if (below(manifest)) return introducedBy(rpms, contentOf(below(manifest))).added;
    const parent = layerParent(image);
    return parent?.kind === 'image' ? unlikeIn(rpms, contentOf(present(parent.image, manifest.arch))) : rpms;
  };
  const inherited = (image: InventoryImage, manifest: Manifest): readonly Rpm[] =>
    introducedBy(contentOf(manifest), introduced(image, manifest)).added;
  return { introduced, inherited };
};

/** Built on a manifest that is not in the inventory: what the parent has by name is taken to come from it. */
const unlikeIn = (rpms: readonly Rpm[], parent: readonly Rpm[]): readonly Rpm[] => {
  const names = new Set(parent.map(({ name, arch }) => `${name}.${arch}`));
  return rpms.filter(({ name, arch }) => !names.has(`${name}.${arch}`));
};
