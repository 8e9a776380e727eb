/** Flows one by one, in a world whose images are all released. */
import { sql } from 'kysely';
import type { Flow } from '../../../src/runtime/consumer.ts';
import { newCause, runFlow } from '../../../src/runtime/flow.ts';
import type { World } from '../../simulation/world.ts';

/** One transaction, so many seconds after the world came to rest. */
export const inFlow = <T>(world: World, work: (flow: Flow) => Promise<T>, seconds = 0): Promise<T> => {
  const { environment } = world;
  const clock = { aheadMs: world.aheadMs + seconds * 1000 };
  const options = { cause: newCause('a test'), log: environment.log, purpose: 'test' };
  return runFlow({ ...environment, clock }, options, work);
};

/** Every repository was looked at just now, whenever that is. */
export const lookedAtAll = async ({ environment: { store } }: World): Promise<void> => {
  await sql`update repository_state set checked_at = now() + interval '1 year'`.execute(store.db);
};

/** What waits to be sent on a topic of ours: bodies, oldest first. */
export const unsent = async (world: World, topic: string): Promise<readonly Record<string, unknown>[]> => {
  const rows = await world.environment.store.db
    .selectFrom('outbox')
    .select('body')
    .where('routing_key', '=', `${world.settings.topicPrefix}.${topic}`)
    .where('published_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(({ body }) => JSON.parse(body.toString('utf8')));
};
