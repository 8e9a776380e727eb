/** What layers add and remove, as an inventory writes it. */
import { sql, type Transaction } from 'kysely';
import type { z } from 'zod';
import type { InventoryImage } from '../../../schemas/files/inventory.ts';
import type { Arch } from '../../../schemas/ids.ts';
import { evrOf } from '../../planning/findings.ts';
import { formatEvr } from '../../rpm/evr.ts';
import { formatNevra } from '../../rpm/nevra.ts';
import type { Database } from '../../store/database.ts';
import { rpmOfRow } from '../contents/content-of.ts';

type ArchFile = NonNullable<z.input<typeof InventoryImage>['arches'][Arch]>;
type RpmFile = NonNullable<ArchFile['rpms']>[number];

/** By manifest digest. */
export type Layers = ReadonlyMap<string, Required<Pick<ArchFile, 'introduced' | 'removed'>>>;

export const layersOf = async (tx: Transaction<Database>, digests: readonly string[]): Promise<Layers> => {
  const layers = new Map(
    digests.map((digest): [string, { introduced: RpmFile[]; removed: RpmFile[] }] => [
      digest,
      { introduced: [], removed: [] },
    ]),
  );
  if (digests.length === 0) return layers;
  const rows = await tx
    .selectFrom('manifest_rpm')
    .innerJoin('rpm', 'rpm.id', 'manifest_rpm.rpm')
    .selectAll('rpm')
    .select(['manifest_rpm.manifest', 'manifest_rpm.change'])
    .where('manifest_rpm.manifest', '=', sql<string>`any(${[...digests]}::text[])`)
    .orderBy('rpm.name')
    .orderBy('rpm.id')
    .execute();
  for (const row of rows) {
    const layer = layers.get(row.manifest);
    (row.change === 'added' ? layer?.introduced : layer?.removed)?.push(rpmFile(rpmOfRow(row)));
  }
  return layers;
};

/** As short as it can be: what a reader takes for granted is left out. */
export const rpmFile = (rpm: ReturnType<typeof rpmOfRow>): RpmFile => {
  const nevra = formatNevra(rpm);
  const rest = {
    ...(rpm.sourceName !== rpm.name && { source: rpm.sourceName }),
    ...(rpm.sourceEvr !== formatEvr(evrOf(rpm)) && { sourceEvr: rpm.sourceEvr }),
    ...(rpm.module !== undefined && { module: rpm.module }),
  };
  return Object.keys(rest).length === 0 ? nevra : { nevra, ...rest };
};
