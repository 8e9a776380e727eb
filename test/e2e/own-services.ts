/** RabbitMQ, PostgreSQL and a registry of a test's own, to be taken away and brought back on what they kept. */
import { mkdir } from 'node:fs/promises';
import { pino } from 'pino';
import { startPostgres } from '../../src/host/postgres.ts';
import { startRabbitMq } from '../../src/host/rabbitmq.ts';
import { startRegistry } from '../../src/host/registry.ts';

const log = pino({ level: process.env['FLIBS_TEST_LOG'] ?? 'silent' });

/** A private service that keeps its address when it is started again. */
export interface OwnService {
  readonly address: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface Services {
  readonly rabbitmq: OwnService;
  readonly postgres: OwnService;
  readonly registry: OwnService;
}

const startAgain = async (
  begin: () => Promise<{ address: string; stop(): Promise<void> }>,
): Promise<OwnService> => {
  let running: { address: string; stop(): Promise<void> } | undefined = await begin();
  const { address } = running;
  return {
    address,
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
    start: async () => {
      running ??= await begin();
      if (running.address !== address)
        throw new Error(`it came back at ${running.address}, not at ${address}`);
    },
  };
};

/** All three, below a directory that is made for them. */
export const startServices = async (dataDir: string): Promise<Services> => {
  // PostgreSQL runs as another user under root, who passes through.
  await mkdir(dataDir, { mode: 0o711 });
  const [rabbitmq, postgres, registry] = await Promise.all([
    startAgain(async () => {
      const { url, stop } = await startRabbitMq({ dataDir, log });
      return { address: url, stop };
    }),
    startAgain(async () => {
      const { url, stop } = await startPostgres({ dataDir, log, throwAway: true });
      return { address: url, stop };
    }),
    startAgain(() => startRegistry({ dataDir, log })),
  ]);
  return { rabbitmq, postgres, registry };
};
