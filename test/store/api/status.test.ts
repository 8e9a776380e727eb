/** Who is there: processes and workers, those that are gone, and when they are forgotten. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { otherProcesses } from '../../../src/api/queries/processes.ts';
import { workers } from '../../../src/api/queries/waiting.ts';
import { startPresence } from '../../../src/runtime/presence.ts';
import { prune } from '../../../src/runtime/prune.ts';
import { uuidv7 } from '../../../src/runtime/uuid.ts';
import { type ProcessRow, writeProcess } from '../../../src/store/process-rows.ts';
import { anEnvironment, until } from '../an-environment.ts';

let environment: Awaited<ReturnType<typeof anEnvironment>>;
beforeAll(async () => {
  environment = await anEnvironment();
});
beforeEach(async () => {
  await sql`truncate process, worker`.execute(db());
});
afterAll(() => environment.close());

const db = () => environment.store.db;
const own = uuidv7();

const aProcess = (changes: Partial<ProcessRow> = {}): ProcessRow => ({
  id: uuidv7(),
  host: 'left',
  pid: 7,
  consumers: [{ name: 'release-gate', state: 'waiting', waiting: 'the bus is away', effects: 2 }],
  ...changes,
});

/** Nothing was heard of anybody for so long. */
const silence = async (interval: string): Promise<void> => {
  await sql`update process set seen_at = now() - ${interval}::interval`.execute(db());
  await sql`update worker set announced_at = now() - ${interval}::interval`.execute(db());
};

describe('another process', () => {
  test('is told with how its consumers stand, and the one that asks is not', async () => {
    const other = aProcess();
    await writeProcess(db(), other);
    await writeProcess(db(), aProcess({ id: own }));
    expect(await otherProcesses(db(), own)).toEqual([
      expect.objectContaining({ host: 'left', pid: 7, gone: false, consumers: other.consumers }),
    ]);
  });

  test('says in each period how it stands by then', async () => {
    const process = aProcess();
    await writeProcess(db(), process);
    await writeProcess(db(), {
      ...process,
      consumers: [{ name: 'release-gate', state: 'running', effects: 0 }],
    });
    expect(await otherProcesses(db(), own)).toMatchObject([{ consumers: [{ state: 'running' }] }]);
  });

  test('that was killed is gone, and forgotten after a day', async () => {
    await writeProcess(db(), aProcess());
    await silence('1 minute');
    expect(await otherProcesses(db(), own)).toMatchObject([{ gone: true }]);
    await silence('25 hours');
    expect(await otherProcesses(db(), own)).toEqual([]);
    expect(await prune(environment.environment)).toMatchObject({ process: 1 });
  });

  test('that was killed and started again on its host is told once', async () => {
    await writeProcess(db(), aProcess());
    await silence('1 minute');
    await writeProcess(db(), aProcess({ pid: 8 }));
    expect(await otherProcesses(db(), own)).toMatchObject([{ pid: 8, gone: false }]);
  });

  test('that was asked to stop is missed by nobody', async () => {
    const presence = startPresence(environment.environment, () => aProcess({ id: own }));
    await until(async () => (await otherProcesses(db(), uuidv7())).length === 1);
    await presence.stop();
    expect(await otherProcesses(db(), uuidv7())).toEqual([]);
  });
});

test('a worker that is not heard of for a lease is gone, and forgotten after a day', async () => {
  await db()
    .insertInto('worker')
    .values({
      name: 'one',
      incarnation: uuidv7(),
      queue: 'q',
      arches: ['x86_64'],
      labels: '{}',
      slots: 2,
      toolchain: '{}',
      announced_at: sql<Date>`now()`,
    })
    .execute();
  expect(await workers(db(), 60)).toMatchObject([{ gone: false }]);
  await silence('61 seconds');
  expect(await workers(db(), 60)).toMatchObject([{ gone: true }]);
  await silence('25 hours');
  expect(await prune(environment.environment)).toMatchObject({ worker: 1 });
  expect(await workers(db(), 60)).toEqual([]);
});
