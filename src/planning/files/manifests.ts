/** The builds of an inventory as manifests: what each adds, what each inherits. */
import { createHash } from 'node:crypto';
import type { Rpm } from '../../../schemas/content.ts';
import type { Inventory, InventoryArch, InventoryImage } from '../../../schemas/files/inventory.ts';
import { Arch, type ImageName, ManifestDigest, type Nvr } from '../../../schemas/ids.ts';
import { contentOnParent, introducedBy } from '../../content/introduced.ts';

/** One arch of one build. */
export interface Manifest {
  readonly digest: ManifestDigest;
  /** The build that made it. */
  readonly nvr: Nvr;
  readonly arch: Arch;
  readonly entry: InventoryArch;
  /** The layer parent's manifest that it was made on. */
  readonly builtOn: ManifestDigest | undefined;
}

export interface Manifests {
  /** The baseline's, where it has one for this arch. */
  readonly present: (image: ImageName, arch: Arch) => Manifest | undefined;
  readonly introduced: (image: InventoryImage, manifest: Manifest) => readonly Rpm[];
  /** What the manifest has from what it was built on, as far as that is known. */
  readonly inherited: (image: InventoryImage, manifest: Manifest) => readonly Rpm[];
}

/** Where the inventory gives no digest: any will do that tells one manifest from another. */
const madeUpDigest = (nvr: string, arch: Arch): ManifestDigest =>
  ManifestDigest.parse(`sha256:${createHash('sha256').update(`${nvr} ${arch}`).digest('hex')}`);

const digestOf = (nvr: Nvr, arch: Arch, entry: InventoryArch): ManifestDigest =>
  entry.manifestDigest ?? madeUpDigest(entry.carriedFrom ?? nvr, arch);

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
  const known = new Map<ManifestDigest, Manifest>();
  const presentDigest = (image: InventoryImage | undefined, arch: Arch) =>
    image?.nvr === undefined ? undefined : byNvr.get(`${image.nvr} ${arch}`);

  const builtOn = (image: InventoryImage, arch: Arch, { builtOn: named }: InventoryArch) => {
    const given = ManifestDigest.safeParse(named);
    if (given.success) return given.data;
    if (named !== undefined) return byNvr.get(`${named} ${arch}`) ?? madeUpDigest(named, arch);
    const parent = layerParent(image);
    return parent?.kind === 'image' ? presentDigest(images.get(parent.image), arch) : undefined;
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
        known.set(digest, made);
      }
    }
  }
  const present = (image: ImageName, arch: Arch): Manifest | undefined => {
    const digest = presentDigest(images.get(image), arch);
    return digest === undefined ? undefined : known.get(digest);
  };
  return { present, ...contentsOf(known, present) };
};

/** Full contents are worked out once each, and only where they are asked for. */
const contentsOf = (
  known: ReadonlyMap<ManifestDigest, Manifest>,
  present: Manifests['present'],
): Pick<Manifests, 'introduced' | 'inherited'> => {
  const contents = new Map<ManifestDigest, readonly Rpm[]>();
  const below = (manifest: Manifest) =>
    manifest.builtOn === undefined ? undefined : known.get(manifest.builtOn);
  const contentOf = (manifest: Manifest | undefined): readonly Rpm[] => {
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
