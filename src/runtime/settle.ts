/** How messages end that are of interest: handled, put off, or dead. One line is logged for each that is not handled. */
import type { Logger } from 'pino';
import {
  type Deferral,
  type DueDeferred,
  deferAgain,
  deferMessage,
  type Kept,
} from '../store/kept-messages.ts';
import { describeError, isStoreAway } from '../store/store-errors.ts';
import { type About, aboutBytes, aboutOf } from './about.ts';
import { type Environment, readNow } from './environment.ts';
import { bury, handleOnce, handleTransient, type Traces, type Understood } from './handle.ts';
import { messageDelay, mostAttempts, newerMajorDelay } from './retry-delays.ts';

export interface Settling {
  /** Handles a message as it came; what fails is put off. */
  handle(kept: Kept, understood: Understood, traces: Traces): Promise<void>;
  handleTransient(understood: Understood): Promise<void>;
  /** Handles a message that was put off; it is put off again, or dead after its last attempt. */
  handleAgain(deferred: DueDeferred, understood: Understood): Promise<void>;
  dead(kept: Kept, reason: string, traces?: Traces): Promise<void>;
  /** Keeps a message of a newer major version. */
  newer(kept: Kept | DueDeferred, reason: string): Promise<void>;
}

interface PutOff {
  readonly reason: Deferral['reason'];
  readonly error: string;
  readonly inMilliseconds: number;
}

export const settling = (environment: Environment): Settling => {
  const { store } = environment;
  const logOf = (kept: Kept): Logger =>
    environment.log.child({ message: kept.messageId, topic: kept.raw.topic });
  // Not bound to the log of its flow: what that decides may be about other builds, and names them itself.
  const about = (kept: Kept): About =>
    // What others call by these names is something else.
    kept.origin === 'upstream' ? {} : aboutBytes(kept.raw.body);

  const dead = async (kept: Kept, reason: string, traces: Traces = {}): Promise<void> => {
    await bury(environment, kept, reason, traces);
    logOf(kept).warn({ ...about(kept), reason }, 'dead letter');
  };
  const putOff = async (
    kept: Kept | DueDeferred,
    { reason, error, inMilliseconds }: PutOff,
  ): Promise<void> => {
    await store.transaction(async (tx) => {
      const due = new Date((await readNow(environment, tx)).getTime() + inMilliseconds);
      if ('id' in kept) await deferAgain(tx, kept.id, { reason, error, due });
      else await deferMessage(tx, kept, { reason, error, due });
    }, 'defer');
    logOf(kept).warn(
      { ...about(kept), error, seconds: Math.round(inMilliseconds / 1000) },
      'message put off',
    );
  };
  const tryToHandle = async (
    kept: Kept,
    understood: Understood,
    traces: Traces,
  ): Promise<string | undefined> => {
    const log = logOf(kept);
    try {
      const entered = await handleOnce(environment, kept, understood, { log, traces });
      if (entered === 'same') log.debug('a message that was decided on before');
      if (entered === 'reused') await dead(kept, 'id reused: another message had this id', traces);
      return undefined;
    } catch (error) {
      if (isStoreAway(error)) throw error;
      log.debug({ ...about(kept), err: error }, 'handling failed');
      return describeError(error);
    }
  };

  return {
    dead,
    handle: async (kept, understood, traces) => {
      const error = await tryToHandle(kept, understood, traces);
      if (error !== undefined)
        await putOff(kept, { reason: 'failed', error, inMilliseconds: messageDelay(1) });
    },
    handleAgain: async (deferred, understood) => {
      const { id, attempts, reason } = deferred;
      const attempt = reason === 'failed' ? attempts : 1;
      const traces = { deferred: id };
      if (attempt > mostAttempts) {
        return dead(deferred, `tried ${attempt - 1} times, never handled to the end`, traces);
      }
      const error = await tryToHandle(deferred, understood, traces);
      if (error === undefined) return;
      if (attempt === mostAttempts) return dead(deferred, `tried ${attempt} times: ${error}`, traces);
      await putOff(deferred, { reason: 'failed', error, inMilliseconds: messageDelay(attempt) });
    },
    handleTransient: async (understood) => {
      const { topic, body } = understood.message;
      const log = environment.log.child({ topic });
      try {
        await handleTransient(environment, understood, log);
      } catch (error) {
        if (isStoreAway(error)) throw error;
        log.warn(
          { ...aboutOf(body), error: describeError(error) },
          'a transient message could not be handled and is let go',
        );
      }
    },
    newer: (kept, error) => putOff(kept, { reason: 'newer-major', error, inMilliseconds: newerMajorDelay }),
  };
};
