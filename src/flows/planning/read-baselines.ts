/** The baselines of many images in one look-up, as the planner is told of them. */
import { sql } from 'kysely';
import { type Arch, ContentId, type ImageName, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import type { Baseline, BaselineArch } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { baselineStates } from '../baseline.ts';

/** One arch of a baseline; without an arch where its index holds none. */
interface Row {
  readonly image: ImageName;
  readonly nvr: string;
  readonly tree_id: string;
  readonly version: string;
  readonly state: string;
  readonly arch: Arch | null;
  readonly manifest_digest: string;
  readonly carried_from: string | null;
  readonly content_id: string | null;
  readonly parent_digest: string | null;
}

/** Images that have none are not in it. */
export const readBaselines = async (
  { tx }: Pick<Flow, 'tx'>,
  images: readonly ImageName[],
): Promise<ReadonlyMap<ImageName, Baseline>> => {
  const { rows } = await sql<Row>`
    select newest.image, newest.nvr, newest.tree_id, newest.version, newest.state,
      index_entry.arch, index_entry.manifest_digest, index_entry.carried_from,
      manifest.content_id, manifest.parent_digest
    from unnest(${[...images]}::text[]) as wanted(name)
    cross join lateral (
      select build.* from build
      where build.image = wanted.name and build.state = any(${[...baselineStates]}::text[])
      order by build.id desc limit 1
    ) as newest
    left join index_entry on index_entry.build = newest.id
    left join manifest on manifest.digest = index_entry.manifest_digest
    order by newest.id, index_entry.arch`.execute(tx);
  const baselines = new Map<ImageName, GrowingBaseline>();
  const add = (row: Row): void => {
    const baseline = baselines.get(row.image) ?? baselineFrom(row);
    baselines.set(row.image, baseline);
    if (row.arch !== null) baseline.arches[row.arch] = archFrom(row);
  };
  await inSlices(eachOf(rows, add));
  return baselines;
};

interface GrowingBaseline extends Baseline {
  readonly arches: Partial<Record<Arch, BaselineArch>>;
}

const baselineFrom = (row: Row): GrowingBaseline => ({
  nvr: Nvr.parse(row.nvr),
  treeId: row.tree_id,
  version: row.version,
  decided: row.state === 'released',
  arches: {},
});

const archFrom = (row: Row): BaselineArch => ({
  manifestDigest: ManifestDigest.parse(row.manifest_digest),
  contentId: row.content_id === null ? undefined : ContentId.parse(row.content_id),
  parentManifest: row.parent_digest === null ? undefined : ManifestDigest.parse(row.parent_digest),
  origin: row.carried_from === null ? undefined : Nvr.parse(row.carried_from),
});
