/** Who owns an image, as its definition says. */
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';

/** Names at most, and bytes of each: an event says them all, and its body and headers are bounded. */
const most = 200;
const longest = 128;

/**
 * Of images that are no longer defined, the last owners they had.
 * @returns owners of some of these images: sorted, each once, the first 200
 */
export const ownersOf = async (
  tx: Transaction<Database>,
  images: readonly string[],
): Promise<(some: readonly string[]) => readonly string[]> => {
  const byImage = images.length === 0 ? new Map<string, readonly string[]>() : await readOwners(tx, images);
  return (some) => [...new Set(some.flatMap((image) => byImage.get(image) ?? []))].sort().slice(0, most);
};

const readOwners = async (
  tx: Transaction<Database>,
  images: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const rows = await tx
    .selectFrom('image')
    .distinctOn('name')
    .select(['name', sql<string[]>`definition -> 'owners'`.as('owners')])
    .where('name', '=', (eb) => eb.fn.any(eb.val(images)))
    .orderBy('name')
    .orderBy('from_revision', 'desc')
    .execute();
  return new Map(
    rows.map(({ name, owners }) => [name, owners.filter((owner) => Buffer.byteLength(owner) <= longest)]),
  );
};
