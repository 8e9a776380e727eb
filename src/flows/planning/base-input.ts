/** What the planner is told of external bases: what they are now, who stands on them, what is inherited from them. */
import { sql } from 'kysely';
import { type Arch, ImageName, ManifestDigest } from '../../../schemas/ids.ts';
import type { Installed, PlannableImage } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { rpmOfRow } from '../contents/content-of.ts';
import { fromBases } from '../contents/from-bases.ts';
import { namedBases } from '../defining/named-bases.ts';

type Read = Pick<Flow, 'tx'>;

/** Images of a distro release whose last stage stands on one of these. */
export const imagesOnBases = async (
  read: Read,
  distroRelease: string,
  pullspecs: readonly string[],
): Promise<readonly string[]> => {
  if (pullspecs.length === 0) return [];
  const named = await namedBases(read, pullspecs);
  return named
    .filter((each) => each.distroRelease === distroRelease && each.edge === 'layer')
    .map(({ image }) => image);
};

type Row = Parameters<typeof rpmOfRow>[0] & { readonly image: string; readonly image_arch: Arch };

/** Who has anything built from these sources from a base that flibs did not build, and did not replace it. */
export const rpmsFromBases = async (
  { tx }: Read,
  distroRelease: string,
  sources: readonly string[],
): Promise<readonly Installed[]> => {
  if (sources.length === 0) return [];
  const { rows } = await sql<Row>`
    select current.image, current.arch as image_arch, rpm.*
    ${fromBases(sql`rpm.source_name = any(${[...sources]}::text[]) and image.distro_release = ${distroRelease}`)}
    order by rpm.id`.execute(tx);
  return inSlices(
    eachOf(rows, (row) => ({ image: ImageName.parse(row.image), arch: row.image_arch, rpm: rpmOfRow(row) })),
  );
};

/** Those that were read, of the bases that the images name. */
export const knownBases = async (
  { tx }: Read,
  images: readonly PlannableImage[],
): Promise<ReadonlyMap<string, ReadonlyMap<Arch, ManifestDigest>>> => {
  const named = images.flatMap(({ layerParent, buildParents }) =>
    [layerParent, ...buildParents].flatMap((parent) => (parent?.kind === 'external' ? parent.pullspec : [])),
  );
  const bases = new Map<string, Map<Arch, ManifestDigest>>();
  if (named.length === 0) return bases;
  const rows = await tx
    .selectFrom('external_base')
    .leftJoin('external_base_arch', 'external_base_arch.pullspec', 'external_base.pullspec')
    .select(['external_base.pullspec', 'external_base_arch.arch', 'external_base_arch.manifest_digest'])
    .where('external_base.pullspec', 'in', [...new Set(named)])
    .where('external_base.digest', 'is not', null)
    .execute();
  for (const { pullspec, arch, manifest_digest } of rows) {
    const base = bases.get(pullspec) ?? new Map<Arch, ManifestDigest>();
    bases.set(pullspec, base);
    if (arch !== null && manifest_digest !== null) base.set(arch, ManifestDigest.parse(manifest_digest));
  }
  return bases;
};
