/** What messages named, as it is written down. */
import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Nomination } from '../../schemas/nomination.ts';
import type { Database } from './database.ts';
import { type Prepared, runPrepared } from './dialect.ts';

export interface NewNomination {
  readonly nomination: Nomination;
  readonly messageId: string;
  readonly topic: string;
  readonly causation: readonly string[];
  readonly at: Date;
}

/** What it points at in a distro release: a source package, an image, a module, a base. */
export interface Target {
  readonly distroRelease: string;
  readonly target: string;
}

/** At the door of the bus every round trip counts, and every plan that the server has to make. */
const insert: Prepared = {
  name: 'insert-nomination',
  text: `with added as (
      insert into nomination (kind, body, reference, severity, message_id, topic, causation, at)
      values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
    ), aimed as (
      insert into nomination_target (nomination, distro_release, target)
      select added.id, given.distro_release, given.target
      from added cross join unnest($9::text[], $10::text[]) as given(distro_release, target)
      on conflict do nothing
    )
    select id from added`,
};

const Inserted = z.tuple([z.object({ id: z.number() })]);

/** @returns its number */
export const insertNomination = async (
  tx: Transaction<Database>,
  { nomination, messageId, topic, causation, at }: NewNomination,
  targets: readonly Target[],
): Promise<number> => {
  const { kind, reference, severity } = nomination;
  const { rows } = await runPrepared(tx, insert, [
    kind,
    JSON.stringify(nomination),
    reference,
    severity,
    messageId,
    topic,
    causation,
    at,
    targets.map(({ distroRelease }) => distroRelease),
    targets.map(({ target }) => target),
  ]);
  const [{ id }] = Inserted.parse(rows);
  return id;
};
