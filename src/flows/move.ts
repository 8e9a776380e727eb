/**
 * The only way a state changes: checked against lifecycle's tables, written with its time, reason and cause.
 * A refused transition is recorded, never silent. Callers hold the row's lock.
 */

import type { Selectable, Updateable } from 'kysely';
import type { LivingKind, StateOf } from '../lifecycle/states.ts';
import { type Transition, transition } from '../lifecycle/transition.ts';
import type { Flow } from '../runtime/consumer.ts';
import type { ArchBuildTable, BuildTable } from '../store/build-tables.ts';
import { insertRows, type NewRow } from '../store/insert-rows.ts';
import type { RebuildTable } from '../store/planning-tables.ts';
import type { TransitionTable } from '../store/release-tables.ts';
import { aboutEntity } from './about-entity.ts';

export type Build = Selectable<BuildTable>;
export type ArchBuild = Selectable<ArchBuildTable>;
export type Rebuild = Selectable<RebuildTable>;

export interface Moving<Kind extends LivingKind> {
  readonly kind: Kind;
  readonly id: number;
  readonly subject: string;
  /** Null: it begins. */
  readonly from: StateOf[Kind] | null;
  readonly to: StateOf[Kind];
  readonly reason: string;
}

/** Writes the transition down; false when lifecycle refuses it. */
export const recordTransition = async <Kind extends LivingKind>(
  flow: Flow,
  moving: Moving<Kind>,
): Promise<boolean> => {
  const row = transitionRow(flow, moving);
  const { about } = await flow.tx
    .insertInto('transition')
    .values(row)
    .returning(aboutEntity(moving).as('about'))
    .executeTakeFirstOrThrow();
  const { from, to, reason } = moving;
  const entity = moving.kind === 'rebuild' ? moving.id : moving.subject;
  const log = { ...about, [moving.kind]: entity, from, to, reason };
  if (row.refused) flow.log.warn(log, `${moving.kind} transition refused`);
  else flow.log.info(log, `${moving.subject}: ${moving.to}`);
  return !row.refused;
};

/** The same for many at once; what they have in common is logged by the caller. @returns those that are allowed. */
export const recordTransitions = async <Kind extends LivingKind, Each extends Moving<Kind>>(
  flow: Flow,
  movings: readonly Each[],
): Promise<readonly Each[]> => {
  const rows = movings.map((moving) => transitionRow(flow, moving));
  await insertRows(flow.tx, 'transition', rows);
  const refused = movings.filter((_, at) => rows[at]?.refused);
  for (const { kind, subject, from, to } of refused)
    flow.log.warn({ [kind]: subject, from, to }, `${kind} transition refused`);
  return movings.filter((_, at) => !rows[at]?.refused);
};

/** As it is written down. */
export const transitionRow = <Kind extends LivingKind>(flow: Flow, moving: Moving<Kind>) => {
  const verdict = verdictOn(moving);
  return {
    kind: moving.kind,
    entity: moving.id,
    subject: moving.subject,
    from_state: moving.from,
    to_state: moving.to,
    refused: !verdict.allowed,
    reason: verdict.allowed ? moving.reason : `${moving.reason} (refused: ${verdict.reason})`,
    message_id: flow.cause.messageId,
    at: flow.now,
  } satisfies NewRow<TransitionTable>;
};

const verdictOn = <Kind extends LivingKind>({ kind, from, to }: Moving<Kind>): Transition =>
  from === null ? { allowed: true } : transition(kind, from, to);

/** Writes the move down and makes it, in one round trip; undefined when it is refused. */
const record = async <Kind extends LivingKind, Row>(
  flow: Flow,
  moving: Moving<Kind>,
  make: () => Promise<Row>,
): Promise<Row | undefined> => {
  const [, moved] = await Promise.all([
    recordTransition(flow, moving),
    verdictOn(moving).allowed ? make() : undefined,
  ]);
  return moved;
};

/** Moves a build; undefined when that was refused. */
export const moveBuild = async (
  flow: Flow,
  build: Build,
  to: Build['state'],
  reason: string,
  changes: Updateable<BuildTable> = {},
): Promise<Build | undefined> => {
  const moving = { kind: 'build', id: build.id, subject: build.nvr, from: build.state, to, reason } as const;
  const moved = await record(flow, moving, () =>
    flow.tx
      .updateTable('build')
      .set((eb) => ({ waiting: null, ...changes, state: to, seq: eb('seq', '+', 1), updated_at: flow.now }))
      .where('id', '=', build.id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
  const isDoneWithCi = withCi.includes(build.state) && !withCi.includes(to);
  if (moved && isDoneWithCi) await flow.timer({ kind: turnTimer, key: build.image, due: flow.now });
  return moved;
};

/** States in which a candidate is with CI: one of an image at a time. */
export const withCi: readonly Build['state'][] = ['candidate', 'testing'];

/** Key: the image whose next candidate may have its turn. */
export const turnTimer = 'candidate-turn';

/** What an arch build waited for in its former state says nothing of the next one. */
export const nothingAwaited = { waiting: null, delayed_by: null, delayed_until: null } as const;

/** Moves an arch build; undefined when that was refused. */
export const moveArchBuild = async (
  flow: Flow,
  archBuild: ArchBuild,
  to: ArchBuild['state'],
  reason: string,
  changes: Updateable<ArchBuildTable> = {},
): Promise<ArchBuild | undefined> => {
  const subject = `${archBuild.image}.${archBuild.arch}`;
  const moving = { kind: 'archBuild', id: archBuild.id, subject, from: archBuild.state, to, reason } as const;
  return record(flow, moving, () =>
    flow.tx
      .updateTable('arch_build')
      .set((eb) => ({ ...nothingAwaited, ...changes, state: to, seq: eb('seq', '+', 1) }))
      .where('id', '=', archBuild.id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
};

/** Moves a rebuild; undefined when that was refused. */
export const moveRebuild = async (
  flow: Flow,
  rebuild: Rebuild,
  to: Rebuild['state'],
  reason: string,
  changes: Updateable<RebuildTable> = {},
): Promise<Rebuild | undefined> => {
  const moving = {
    kind: 'rebuild',
    id: rebuild.id,
    subject: `rebuild ${rebuild.id}`,
    from: rebuild.state,
    to,
    reason,
  } as const;
  return record(flow, moving, () =>
    flow.tx
      .updateTable('rebuild')
      .set((eb) => ({ waiting: null, ...changes, state: to, seq: eb('seq', '+', 1) }))
      .where('id', '=', rebuild.id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
};

/** The row, locked until the transaction ends. Order of locks: image, build, arch build by id, worker. */
export const lockBuild = (flow: Flow, id: number): Promise<Build | undefined> =>
  flow.tx.selectFrom('build').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export const lockBuildByNvr = (flow: Flow, nvr: string): Promise<Build | undefined> =>
  flow.tx.selectFrom('build').selectAll().where('nvr', '=', nvr).forUpdate().executeTakeFirst();

export const lockArchBuilds = (flow: Flow, build: number): Promise<ArchBuild[]> =>
  flow.tx.selectFrom('arch_build').selectAll().where('build', '=', build).orderBy('id').forUpdate().execute();
