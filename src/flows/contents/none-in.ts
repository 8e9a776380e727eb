/** What is looked up row by row, however many rows there are. */
import { type RawBuilder, sql } from 'kysely';

/**
 * A condition: no row is there. With NOT EXISTS the server may join all that is in use with all that is current.
 *
 * @param found - a table with its `where`
 */
export const noneIn = (found: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`(select true from ${found} limit 1) is null`;
