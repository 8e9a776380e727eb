/** What is ready and must not go out yet: kept out of the dispatcher's sight until its time has come. */
import { sql } from 'kysely';
import type { Flow } from '../../runtime/consumer.ts';

/** What delays of rules begin with. */
export const ruleDelays = 'rule ';

/** What delays of a pause begin with. */
export const delaysOf = (pause: number): string => `pause ${pause} `;

/** Rings when something delayed may go. */
export const delayTimer = 'delay-ends';

export interface Delay {
  /** `rule NAME`, `pause NUMBER SCOPE`, `inputs`: what ends it looks for this. */
  readonly by: string;
  /** Undefined: until somebody ends it. */
  readonly until: Date | undefined;
  /** For people. */
  readonly waiting: string;
}

/** Delays ready arch builds. */
export const delay = async (flow: Flow, archBuilds: readonly number[], why: Delay): Promise<void> => {
  if (archBuilds.length === 0) return;
  await flow.tx
    .updateTable('arch_build')
    .set({ delayed_by: why.by, delayed_until: why.until ?? null, waiting: why.waiting })
    .where(
      'id',
      'in',
      [...archBuilds].sort((a, b) => a - b),
    )
    .where('state', '=', 'ready')
    .execute();
  if (why.until === undefined) return;
  await flow.timer({ kind: delayTimer, key: why.until.toISOString(), due: why.until });
};

/** Delays all that is ready. What others are about to change is left to the next decision. */
export const delayAll = async (flow: Flow, why: Omit<Delay, 'until'>): Promise<void> => {
  await sql`
    update arch_build set delayed_by = ${why.by}, delayed_until = null, waiting = ${why.waiting}
    from (
      select id from arch_build where state = 'ready' and delayed_by is null order by id for update skip locked
    ) as ready
    where ready.id = arch_build.id`.execute(flow.tx);
};

/** Gives back what has been delayed long enough. */
export const endDueDelays = (flow: Flow): Promise<void> =>
  endWhere(flow, sql`delayed_by is not null and delayed_until <= ${flow.now}`);

/** Ends those that begin with this, whatever their time. */
export const endDelaysOf = (flow: Flow, prefix: string): Promise<void> =>
  endWhere(flow, sql`delayed_by is not null and starts_with(delayed_by, ${prefix})`);

const endWhere = async (flow: Flow, which: ReturnType<typeof sql>): Promise<void> => {
  await sql`
    update arch_build set delayed_by = null, delayed_until = null, waiting = null
    from (select id from arch_build where ${which} order by id for update) as due
    where due.id = arch_build.id`.execute(flow.tx);
};
