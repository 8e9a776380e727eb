/** External bases of the store as an inventory writes them: what they are, and what they were for what stands on that. */
import { sql, type Transaction } from 'kysely';
import type { z } from 'zod';
import type { InventoryBase } from '../../../schemas/files/inventory.ts';
import type { Arch } from '../../../schemas/ids.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Database } from '../../store/database.ts';
import { type Layers, layersOf } from './inventory-layers.ts';

type BaseFile = z.input<typeof InventoryBase>;

interface BaseManifest {
  readonly pullspec: string;
  readonly arch: Arch;
  readonly digest: string;
  readonly present: boolean;
}

/** Of those that definitions name and that were read. */
export const basesInForce = async (tx: Transaction<Database>): Promise<readonly BaseFile[]> => {
  const manifests = await manifestsOfBases(tx);
  const layers = await layersOf(
    tx,
    manifests.map(({ digest }) => digest),
  );
  return [...grouped(manifests, ({ pullspec }) => pullspec)].map(([pullspec, of]) => ({
    pullspec,
    arches: Object.fromEntries(of.filter(({ present }) => present).map((one) => entryOf(one, layers))),
    older: of.filter(({ present }) => !present).map((one) => Object.fromEntries([entryOf(one, layers)])),
  }));
};

const entryOf = ({ arch, digest }: BaseManifest, layers: Layers) =>
  [arch, { manifestDigest: digest, rpms: layers.get(digest)?.introduced ?? [] }] as const;

const manifestsOfBases = async (tx: Transaction<Database>): Promise<readonly BaseManifest[]> => {
  const { rows } = await sql<BaseManifest>`
    with named as (
      select image_base.pullspec, image_base.image from image_base
      join image on image.name = image_base.image and image.from_revision = image_base.from_revision
        and image.to_revision is null
      where image_base.edge = 'layer'
    ), present as (
      select distinct pullspec, arch, manifest_digest as digest from named join external_base_arch using (pullspec)
    )
    select pullspec, arch, digest, true as present from present
    union
    select named.pullspec, base.arch, base.digest, false from named
    join current on current.image = named.image
    join manifest as upon on upon.digest = current.manifest
    join manifest as base on base.digest = upon.parent_digest and base.content_list is null
    where base.digest not in (select digest from present)
    order by pullspec, present desc, arch, digest`.execute(tx);
  return rows;
};
