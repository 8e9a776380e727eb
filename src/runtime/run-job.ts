/** One run of one job: the effect outside, then its completion where the run id still holds. */
import type { Logger } from 'pino';
import { type ClaimedJob, claimJob, endJob, holdsJob, type JobEnd, renewJob } from '../store/job-rows.ts';
import { describeError, isStoreAway } from '../store/store-errors.ts';
import { aboutOf } from './about.ts';
import type { Effect, Flow } from './consumer.ts';
import { type Environment, readNow } from './environment.ts';
import { causeFrom, runFlow } from './flow.ts';
import { untilStored } from './patience.ts';
import { jobDelay } from './retry-delays.ts';
import { uuidv7 } from './uuid.ts';
import { asWork } from './work-channel.ts';

/** The job is somebody else's now, or over: what this run made of it does not count. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Takes one due job of the effects given; undefined where there is none. */
export const claimDueJob = <Ports>(
  environment: Environment,
  effects: readonly Effect<Ports>[],
): Promise<ClaimedJob | undefined> =>
  environment.store.transaction(
    async (tx) =>
      claimJob(tx, {
        kinds: effects.map(({ kind, lease }) => ({ kind, leaseSeconds: lease })),
        runId: uuidv7(),
        now: await readNow(environment, tx),
      }),
    'claim-job',
  );

/**
 * Runs a claimed job to its end. Never rejects for what the effect does: that is written into the row. The controller
 * is aborted from outside when the process stops, and from here when the lease is lost.
 */
export const runJob = async <Ports>(
  environment: Environment<Ports>,
  effect: Effect<Ports>,
  job: ClaimedJob,
  controller: AbortController = new AbortController(),
): Promise<void> => {
  const own = environment.log.child({
    job: job.kind,
    key: job.key,
    jobRun: job.runId,
    attempt: job.attempts,
  });
  // Not in the log of its flows: what they decide may be about other builds, and names them itself.
  const log = own.child(aboutOf(job.inputs));
  const stopRenewing = keepLease(environment, effect, job, controller);
  const write = (purpose: string, work: (flow: Flow) => Promise<JobEnd>) =>
    writeEnd({ environment, job, purpose, log: own, signal: controller.signal }, work);
  try {
    if (effect.maxAttempts !== undefined && job.attempts > effect.maxAttempts) {
      throw new Error(`its runs ended without a word ${job.attempts - 1} times`);
    }
    const context = { log, signal: controller.signal, attempt: job.attempts };
    const run = () => effect.run(job.inputs, environment.ports, context);
    const complete = await asWork(`job ${job.kind} ${job.key}`, run);
    await write('complete', async (flow) => {
      await complete(flow);
      return { state: 'done' };
    });
  } catch (error) {
    if (isLeaseLost(error, controller))
      return log.warn('the lease was lost; what this run did does not count');
    if (controller.signal.aborted) return await release(write);
    await fail({ effect, job, error, log, write });
  } finally {
    stopRenewing();
  }
};

type Write = (purpose: string, work: (flow: Flow) => Promise<JobEnd>) => Promise<void>;

interface Writing {
  readonly environment: Environment;
  readonly job: ClaimedJob;
  readonly purpose: string;
  readonly log: Logger;
  /** Ends the waiting for a store that is away. */
  readonly signal: AbortSignal;
}

/**
 * One transaction: is the fence whole, the work, the row's end. The row is changed last, so that locks are taken in the
 * same order as by flows that ask for jobs; the fence is judged by that change.
 */
const writeEnd = async (
  { environment, job, purpose, log, signal }: Writing,
  work: (flow: Flow) => Promise<JobEnd>,
): Promise<void> => {
  const lost = () => new LeaseLost(`the lease of ${job.kind} ${job.key} was lost`);
  const write = () =>
    runFlow(environment, { cause: causeFrom(job.cause), log, purpose }, async (flow) => {
      if (!(await holdsJob(flow.tx, job))) throw lost();
      const end = await work(flow);
      if (!(await endJob(flow.tx, job, end, flow.now))) throw lost();
    });
  await untilStored(environment.store, write, signal);
};

const isLeaseLost = (error: unknown, { signal }: AbortController): boolean =>
  error instanceof LeaseLost || signal.reason instanceof LeaseLost;

/** The process stops: another one may have the job at once, and this run does not count. */
const release = async (write: Write): Promise<void> => {
  await write('release', async (flow) => ({ state: 'release', due: flow.now })).catch((error: unknown) => {
    if (!(error instanceof LeaseLost)) throw error;
  });
};

const fail = async <Ports>({
  effect,
  job,
  error,
  log,
  write,
}: {
  effect: Effect<Ports>;
  job: ClaimedJob;
  error: unknown;
  log: Logger;
  write: Write;
}): Promise<void> => {
  const message = describeError(error);
  const again = (also = '') =>
    write('retry', async (flow) => {
      const due = new Date(flow.now.getTime() + jobDelay(job.attempts));
      return { state: 'waiting', error: `${message}${also}`, due };
    });
  try {
    if (effect.maxAttempts === undefined || job.attempts < effect.maxAttempts) {
      log.warn({ error: message }, 'effect failed, to be tried again');
      return await again();
    }
    log.error({ error: message }, 'effect failed for good');
    await write('failed', async (flow) => {
      await effect.failed(flow, job.inputs, error);
      return { state: 'dead', error: message };
    }).catch((cause: unknown) => {
      if (cause instanceof LeaseLost) throw cause;
      log.error({ error: describeError(cause) }, 'the failure itself could not be handled');
      return again(`; then: ${describeError(cause)}`);
    });
  } catch (lost) {
    if (!(lost instanceof LeaseLost)) throw lost;
    log.warn('the lease was lost; that it failed does not count');
  }
};

/** Renews until told to stop; aborts the run when the lease is gone, or could not be renewed in time. */
const keepLease = <Ports>(
  environment: Environment<Ports>,
  effect: Effect<Ports>,
  job: ClaimedJob,
  controller: AbortController,
): (() => void) => {
  const leaseMs = effect.lease * 1000;
  let heldUntil = performance.now() + leaseMs;
  const lose = () => controller.abort(new LeaseLost(`the lease of ${job.kind} ${job.key} was lost`));
  const renew = async () => {
    const asked = performance.now();
    try {
      const aheadMs = environment.clock?.aheadMs ?? 0;
      if (await renewJob(environment.store.db, job, leaseMs + aheadMs)) heldUntil = asked + leaseMs;
      else lose();
    } catch (error) {
      if (!isStoreAway(error))
        environment.log.warn({ error: describeError(error) }, 'a lease was not renewed');
      if (performance.now() > heldUntil) lose();
    }
  };
  const timer = setInterval(() => void renew(), leaseMs / 3).unref();
  return () => clearInterval(timer);
};
