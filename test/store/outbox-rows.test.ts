/** Rows of the outbox while a relay has them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { markPublished, renewOutbox } from '../../src/store/outbox-rows.ts';
import { anEnvironment, bodyOf, silent, type TestEnvironment, ThingHappened } from './an-environment.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());

test('leases are renewed without waiting for rows that are being marked', async () => {
  const { store } = environment;
  await runFlow(environment, { cause: newCause('test'), log: silent, purpose: 'test' }, async (flow) => {
    for (const thing of ['marked', 'under way']) await flow.say(ThingHappened, bodyOf(thing));
  });
  const ids = (await store.db.selectFrom('outbox').select('id').orderBy('id').execute()).map(({ id }) => id);
  await store.transaction(async (tx) => {
    await markPublished(tx, ids.slice(0, 1));
    await renewOutbox(store.db, ids, 3600);
  }, 'test');
  const { rows } = await sql<{ published: boolean; later: boolean }>`
    select published_at is not null as published, next_at > now() + interval '30 minutes' as later
    from outbox order by id`.execute(store.db);
  expect(rows).toEqual([
    { published: true, later: false },
    { published: false, later: true },
  ]);
});
