/** A broker of a test's own, to be killed and started again on what it kept. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOf, signalProcess } from '../../src/host/processes.ts';
import { type RabbitMq, startRabbitMq } from '../../src/host/rabbitmq.ts';
import { log, until } from './a-bus.ts';

export interface OwnBroker {
  /** Stays the same when it is started again. */
  readonly url: string;
  /** SIGKILL: nobody is told anything. */
  kill(): Promise<void>;
  /** In order: clients are told that their connections are closed. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes what it kept. */
  remove(): Promise<void>;
}

export const anOwnBroker = async (): Promise<OwnBroker> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'flibs-bus-'));
  const directory = join(dataDir, 'rabbitmq');
  let running: RabbitMq | undefined = await startRabbitMq({ dataDir, log });
  const { url } = running;
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  return {
    url,
    stop,
    kill: async () => {
      for (const pid of await processesOf({ directory })) signalProcess(pid, 'SIGKILL');
      await until(async () => (await processesOf({ directory })).length === 0);
      await stop();
    },
    start: async () => {
      running = await startRabbitMq({ dataDir, log });
    },
    remove: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
