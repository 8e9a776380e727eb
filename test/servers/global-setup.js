/**
 * One PostgreSQL and one RabbitMQ for a run of the floors that need them, and a directory for what is made once a run.
 * Their addresses go through the environment.
 */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadTypeScript } from './typescript-loader.js';

export default async () => {
  loadTypeScript();
  const { startHost } = await import('../../src/host/host.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'flibs-test-'));
  // PostgreSQL runs as another user under root, who passes through.
  await chmod(dataDir, 0o711);
  const host = await startHost({
    dataDir,
    log: pino({ level: process.env.FLIBS_TEST_LOG ?? 'silent' }),
    parts: ['rabbitmq', 'postgres'],
    throwAway: true,
  });
  process.env.FLIBS_TEST_POSTGRES = host.postgres.url;
  process.env.FLIBS_TEST_AMQP = host.rabbitmq.url;
  process.env.FLIBS_TEST_SHARED = join(dataDir, 'shared');
  globalThis.flibsTestHost = host;
};
