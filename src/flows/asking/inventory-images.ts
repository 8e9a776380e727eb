/** Images of the store as an inventory writes them: what their baselines hold, layer by layer. */
import { sql, type Transaction } from 'kysely';
import type { z } from 'zod';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import type { InventoryImage } from '../../../schemas/files/inventory.ts';
import type { Arch } from '../../../schemas/ids.ts';
import type { PlannableImage } from '../../planning/plan-types.ts';
import type { Database } from '../../store/database.ts';
import { plannableImages } from '../planning/plannable.ts';
import { type Layers, layersOf } from './inventory-layers.ts';

type Tx = Transaction<Database>;
type ImageFile = z.input<typeof InventoryImage>;
type ArchFile = NonNullable<ImageFile['arches'][Arch]>;

/** A manifest that is no baseline's any more, and that something still stands on. */
export interface OlderManifest {
  readonly digest: string;
  readonly image: string;
  readonly arch: Arch;
  readonly parent_digest: string | null;
  readonly nvr: string;
}

/** Few: each is of an image that was rebuilt, and whose children were not yet. */
export const olderManifests = async (tx: Tx): Promise<readonly OlderManifest[]> => {
  const { rows } = await sql<OlderManifest>`
    select manifest.digest, manifest.image, manifest.arch, manifest.parent_digest, made.nvr
    from in_use
    join manifest on manifest.digest = in_use.manifest
    cross join lateral (
      select coalesce(index_entry.carried_from, build.nvr) as nvr from index_entry
      join build on build.id = index_entry.build
      where index_entry.manifest_digest = manifest.digest order by build.id limit 1
    ) as made
    where not exists (select from current where current.manifest = manifest.digest)
    order by manifest.image, made.nvr, manifest.arch`.execute(tx);
  return rows;
};

/** At most `limit` images after this name, sorted by name. */
export const imagesAfter = async (
  tx: Tx,
  { after, limit, older }: { after: string; limit: number; older: readonly OlderManifest[] },
): Promise<readonly ImageFile[]> => {
  const rows = await tx
    .selectFrom('image')
    .select('definition')
    .where('to_revision', 'is', null)
    .where('name', '>', after)
    .orderBy('name')
    .limit(limit)
    .execute();
  const definitions = rows.map((row) => ImageDefinition.parse(row.definition));
  const images = await plannableImages({ tx }, definitions);
  const names = new Set<string>(definitions.map(({ name }) => name));
  const olderHere = older.filter(({ image }) => names.has(image));
  const present = images.flatMap(({ baseline }) =>
    Object.values(baseline?.arches ?? {}).map(({ manifestDigest }) => manifestDigest),
  );
  const layers = await layersOf(tx, [...present, ...olderHere.map(({ digest }) => digest)]);
  return images.map((image, index) => ({
    ...described(image, definitions[index]),
    arches: archesOf(image, layers),
    ...olderOf(
      olderHere.filter((one) => one.image === image.name),
      layers,
    ),
  }));
};

const described = (image: PlannableImage, definition: ImageDefinition | undefined) => {
  const { baseline, autoRebuild, followsBuildParents, upgradeInherited, onWithdrawal } = image;
  const changed =
    baseline !== undefined && (baseline.treeId !== image.treeId || baseline.version !== image.version);
  return {
    name: image.name,
    distroRelease: image.distroRelease,
    ...(baseline && { nvr: baseline.nvr }),
    ...(baseline && !baseline.decided && { released: false }),
    ...(changed && { sourceChanged: true }),
    parents: [...(definition?.parents ?? [])],
    ...(definition?.bestEffort && { bestEffort: [...definition.bestEffort] }),
    policy: {
      autoRebuild,
      ...(followsBuildParents === true && { followsBuildParents }),
      ...(upgradeInherited !== 'security' && { upgradeInherited }),
      ...(onWithdrawal && { onWithdrawal }),
    },
  };
};

const layerFile = (digest: string, builtOn: string | null | undefined, layers: Layers): ArchFile => {
  const { introduced = [], removed = [] } = layers.get(digest) ?? {};
  return {
    manifestDigest: digest,
    ...(typeof builtOn === 'string' && { builtOn }),
    introduced,
    ...(removed.length > 0 && { removed }),
  };
};

const archesOf = ({ arches, baseline }: PlannableImage, layers: Layers): ImageFile['arches'] =>
  Object.fromEntries(
    arches.map((arch) => {
      const entry = baseline?.arches[arch];
      if (!entry) return [arch, {}];
      const { manifestDigest, parentManifest, origin } = entry;
      return [
        arch,
        {
          ...layerFile(manifestDigest, parentManifest, layers),
          ...(origin !== undefined && { carriedFrom: origin }),
        },
      ];
    }),
  );

const olderOf = (older: readonly OlderManifest[], layers: Layers): Pick<ImageFile, 'olderBuilds'> => {
  const nvrs = [...new Set(older.map(({ nvr }) => nvr))];
  if (nvrs.length === 0) return {};
  return {
    olderBuilds: nvrs.map((nvr) => ({
      nvr,
      arches: Object.fromEntries(
        older
          .filter((one) => one.nvr === nvr)
          .map((one) => [one.arch, layerFile(one.digest, one.parent_digest, layers)]),
      ),
    })),
  };
};
