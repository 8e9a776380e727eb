/** What fell due without anybody ringing: another process left it, or its time has come. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { effect } from '../../src/runtime/consumer.ts';
import { startConsumer } from '../../src/runtime/run-consumer.ts';
import { startSweep } from '../../src/runtime/sweep.ts';
import {
  aConsumer,
  aDelivery,
  anEnvironment,
  rowsOf,
  type TestEnvironment,
  until,
} from './an-environment.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());

test('jobs and deferred messages that are due are done, though nothing of this process rang', async () => {
  let broken = true;
  const copied: string[] = [];
  const copying = effect({
    kind: 'copy',
    inputs: z.object({ from: z.string() }),
    lease: 30,
    concurrency: 1,
    run: async ({ from }) => from,
    complete: async (_flow, _inputs, from) => {
      copied.push(from);
    },
  });
  const watching = aConsumer(
    async () => {
      if (broken) throw new Error('not yet');
    },
    { effects: [copying] },
  );
  const consumer = await startConsumer(watching, environment);
  await environment.bus.consuming[0]?.onDelivery(aDelivery());
  expect(await rowsOf(environment.store, 'deferred')).toHaveLength(1);
  broken = false;
  const cause = JSON.stringify({ messageId: 'm', topic: 't', causation: [] });
  const inputs = JSON.stringify({ from: 'elsewhere' });
  const { db } = environment.store;
  await db.insertInto('job').values({ kind: 'copy', key: 'x', inputs, cause, due: new Date() }).execute();
  await db.updateTable('deferred').set({ due: new Date() }).execute();

  const sweep = startSweep(environment);
  await until(async () => (await rowsOf(environment.store, 'deferred')).length === 0);
  await until(() => copied.length === 1);
  await sweep.stop();
  await consumer.stop();
  expect(copied).toEqual(['elsewhere']);
});
