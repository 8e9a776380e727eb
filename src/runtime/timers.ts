/** Timers: rows that become messages when their time has come. Only the timekeeper fires them. */
import { insertOutbox } from '../store/outbox-rows.ts';
import { nextDueTimer, takeDueTimers } from '../store/timer-rows.ts';
import { type Environment, readNow } from './environment.ts';
import { timerMessage } from './internal-message.ts';
import { type Running, startLoop } from './loop.ts';
import { uuidv7 } from './uuid.ts';

/** Timers that other processes set are found by looking; those of this process ring. */
const sweepMs = 250;
const batchSize = 100;

export interface Fired {
  readonly fired: number;
  /** Milliseconds until the next timer that is set falls due, by the store's clock; 0 or less: at once. */
  readonly nextIn: number | undefined;
}

/** Deletes due timers and writes their messages into the outbox in one transaction: each fires once. */
export const fireDueTimers = async (environment: Environment): Promise<Fired> => {
  const result = await environment.store.transaction(async (tx) => {
    const now = await readNow(environment, tx);
    const timers = await takeDueTimers(tx, now, batchSize);
    const { instance } = environment;
    await insertOutbox(
      tx,
      timers.map((timer) => timerMessage(instance, timer, uuidv7(now.getTime()), now)),
    );
    const next = await nextDueTimer(tx);
    return { fired: timers.length, nextIn: next === undefined ? undefined : next.getTime() - now.getTime() };
  }, 'timers');
  if (result.fired > 0) environment.wake.emit('outbox');
  return result;
};

/** Fires timers as they fall due, until stopped. */
export const startTimekeeping = (environment: Environment): Running => {
  const loop = startLoop({
    name: 'timekeeping',
    every: sweepMs,
    store: environment.store,
    log: environment.log,
    round: async () => {
      const { nextIn } = await fireDueTimers(environment);
      // A timer that another process is firing is due already: it is not looked at again at once.
      return nextIn === undefined ? undefined : nextIn > 0 ? nextIn : sweepMs / 10;
    },
  });
  environment.wake.on('timer', loop.ringIn);
  return {
    stop: async () => {
      environment.wake.off('timer', loop.ringIn);
      await loop.stop();
    },
  };
};
