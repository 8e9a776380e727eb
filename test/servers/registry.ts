import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startRegistry } from '../../src/host/registry.ts';

export interface TestRegistry {
  /** `127.0.0.1:port`, without TLS. */
  readonly address: string;
  stop(): Promise<void>;
}

/** An empty registry for one test file, which must stop it. */
export const aRegistry = async (): Promise<TestRegistry> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'flibs-registry-'));
  const registry = await startRegistry({ dataDir, log: pino({ level: 'silent' }) });
  return {
    address: registry.address,
    stop: async () => {
      await registry.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
