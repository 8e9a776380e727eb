/** A person pauses an image, automatic rebuilds or everything, or resumes it; and a pause whose time is up ends. */
import { PauseChanged } from '../../../schemas/events/pausing.ts';
import type { Pause, PauseSubject } from '../../../schemas/pause.ts';
import { describeWhatIsPaused } from '../../planning/paused.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Did } from '../asking/did.ts';
import { existingImage } from '../defining/in-force.ts';
import { delaysOf, endDelaysOf } from '../dispatching/delays.ts';
import { lockDispatch } from '../dispatching/dispatch.ts';
import { lockKeptBack } from '../lock.ts';
import { nominateKeptBack } from '../nominating/kept-back.ts';
import { Refused } from '../refused.ts';
import { type PauseInForce, pausesInForce } from './in-force.ts';

/** Rings when the time of a pause is up; its key is the pause's number. */
export const pauseTimer = 'pause-ends';

/** What is paused already is paused anew, with the new reason and time. */
export const pause = async (flow: Flow, wanted: Pause): Promise<Did> => {
  if (wanted.scope === 'image') await existingImage(flow, wanted.image);
  const until = wanted.until === undefined ? undefined : new Date(wanted.until);
  if (until !== undefined && until <= flow.now) {
    throw new Refused('conflict', `${until.toISOString()} is past`, 'name a time to come, or none');
  }
  await lockPauses(flow);
  const before = await sameSubject(flow, wanted);
  if (before !== undefined) await end(flow, before, wanted.by);
  const { id } = await flow.tx
    .insertInto('pause')
    .values({
      scope: wanted.scope,
      image: wanted.scope === 'image' ? wanted.image : null,
      paused_by: wanted.by,
      reason: wanted.reason,
      until: until ?? null,
      paused_at: flow.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (until !== undefined) await flow.timer({ kind: pauseTimer, key: String(id), due: until });
  const paused = { ...wanted, id, ...(until === undefined ? {} : { until: until.toISOString() }) };
  await sayChanged(flow, paused, true, wanted.by);
  return { did: describeWhatIsPaused(paused) };
};

/** What was left alone meanwhile is nominated anew, and what waited may go out. */
export const resume = async (flow: Flow, subject: PauseSubject, by: string): Promise<Did> => {
  await lockPauses(flow);
  const paused = await sameSubject(flow, subject);
  if (paused === undefined)
    throw new Refused('conflict', `${nameOf(subject)} is not paused`, '`flibs status` lists what is');
  await goOn(flow, paused, by);
  return { did: `${nameOf(subject)} goes on` };
};

/** By its timer. Nothing where somebody was first. */
export const resumeOnTime = async (flow: Flow, key: string): Promise<void> => {
  await lockPauses(flow);
  const paused = (await pausesInForce(flow)).find(({ id }) => String(id) === key);
  if (paused !== undefined) await goOn(flow, paused, undefined);
};

/** Neither a plan nor a decision of the dispatcher is under way that knows only of the pauses before. */
const lockPauses = async (flow: Flow): Promise<void> => {
  await lockDispatch(flow);
  await lockKeptBack(flow);
};

const sameSubject = async (flow: Flow, subject: PauseSubject): Promise<PauseInForce | undefined> =>
  (await pausesInForce(flow)).find((each) => aggregateOf(each) === aggregateOf(subject));

const aggregateOf = (subject: PauseSubject): string =>
  subject.scope === 'image' ? `image ${subject.image}` : subject.scope;

/** For people. */
const nameOf = (subject: PauseSubject): string => {
  if (subject.scope === 'image') return subject.image;
  return subject.scope === 'automatic' ? 'automatic rebuilding' : 'everything';
};

const goOn = async (flow: Flow, paused: PauseInForce, by: string | undefined): Promise<void> => {
  await end(flow, paused, by);
  await sayChanged(flow, paused, false, by);
  if (paused.scope === 'everything') return;
  const because = by === undefined ? 'the time of its pause was up' : `${by} resumed it`;
  await nominateKeptBack(flow, { kind: 'paused', ...paused }, because);
};

const end = async (flow: Flow, { id }: PauseInForce, by: string | undefined): Promise<void> => {
  await flow.tx
    .updateTable('pause')
    .set({ ended_at: flow.now, ended_by: by ?? null })
    .where('id', '=', id)
    .execute();
  await flow.cancelTimer(pauseTimer, String(id));
  await endDelaysOf(flow, delaysOf(id));
};

/** Of one subject a later pause has a higher number: `seq` grows with each change. */
const sayChanged = async (
  flow: Flow,
  paused: PauseInForce,
  isPaused: boolean,
  by: string | undefined,
): Promise<void> => {
  const { id, scope, reason, until } = paused;
  await flow.say(PauseChanged, {
    schemaVersion: 1,
    aggregate: { kind: 'pause', id: aggregateOf(paused), seq: 2 * id + (isPaused ? 0 : 1) },
    pause: id,
    scope,
    ...(paused.scope === 'image' ? { image: paused.image } : {}),
    paused: isPaused,
    ...(by === undefined ? {} : { by }),
    reason,
    ...(until === undefined ? {} : { until }),
  });
  flow.log.info({ pause: id, paused: isPaused, by }, describeWhatIsPaused(paused));
};
