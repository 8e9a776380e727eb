/** What happened since, for those who watch. */
import { type Kysely, sql } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Database } from '../../store/database.ts';
import type { TransitionPage } from '../wire/transition.ts';
import { iso } from './time.ts';

export interface TransitionsQuery {
  /** Ids above this one. Undefined: none are told, only where to begin. */
  readonly since: number | undefined;
  /** Only of this rebuild, its builds and arch builds. */
  readonly rebuild?: number | undefined;
  readonly limit: number;
}

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly subject: string;
  readonly nvr: string | null;
  readonly image: string | null;
  readonly arch: Arch | null;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly refused: boolean;
  readonly reason: string;
  readonly message_id: string;
  readonly at: Date;
}

const newest = async (db: Kysely<Database>): Promise<number> => {
  const row = await db
    .selectFrom('transition')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
};

export const transitionsSince = async (
  db: Kysely<Database>,
  { since, rebuild, limit }: TransitionsQuery,
): Promise<TransitionPage> => {
  if (since === undefined) return { events: [], next: await newest(db) };
  const ofRebuild =
    rebuild === undefined
      ? sql`true`
      : sql`((t.kind = 'rebuild' and t.entity = ${rebuild})
          or exists (select from build_cause where build_cause.build = b.id and build_cause.rebuild = ${rebuild}))`;
  const { rows } = await sql<Row>`
    select t.id, t.kind, t.subject, b.nvr, b.image, a.arch, t.from_state, t.to_state, t.refused, t.reason,
      t.message_id, t.at
    from transition t
    left join arch_build a on t.kind = 'archBuild' and a.id = t.entity
    left join build b on b.id = case when t.kind in ('build', 'tag') then t.entity when t.kind = 'archBuild' then a.build end
    where t.id > ${since} and ${ofRebuild}
    order by t.id
    limit ${limit}`.execute(db);
  const events = rows.map(({ from_state, to_state, message_id, at, ...row }) => ({
    ...row,
    from: from_state,
    to: to_state,
    messageId: message_id,
    at: iso(at),
  }));
  return { events, next: events.at(-1)?.id ?? since };
};
