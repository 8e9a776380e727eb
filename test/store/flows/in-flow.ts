/** Flows one by one, in a world whose images are all released. */
import { sql } from 'kysely';
import { Nomination, type Severity } from '../../../schemas/nomination.ts';
import { nominate } from '../../../src/flows/nominating/nominate.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import type { Settings } from '../../../src/flows/settings.ts';
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

/** On offer since now, for both arches, and nothing was said of it. */
export const offered = (world: World, name: string, source: string, version: string): Promise<unknown> =>
  inFlow(world, (flow) =>
    sql`
      insert into offer (distro_release, repository, arch, name, epoch, version, release, rpm_arch, source_name,
        source_evr, since)
      select 'F40', 'updates', arch, ${name}, 0, ${version}, '1.fc40', arch, ${source}, ${`${version}-1.fc40`}, ${flow.now}
      from unnest(array['x86_64', 'aarch64']) as arch`.execute(flow.tx),
  );

interface Named {
  readonly source: string;
  readonly version: string;
  readonly severity: Severity;
  readonly reference: string;
}

/** Somebody names an update of a source, which a rebuild collects. */
export const collectUpdate = async (
  flow: Flow,
  settings: Settings,
  { source, version, severity, reference }: Named,
): Promise<void> => {
  const nomination = Nomination.parse({
    kind: 'packages',
    distroRelease: 'F40',
    sources: [{ name: source, version, release: '1.fc40' }],
    severity,
    reference,
  });
  await collect(flow, settings, await nominate(flow, nomination));
};

/** What was nominated last is collected. */
export const collectNewest = async (flow: Flow, settings: Settings): Promise<void> => {
  const { id } = await flow.tx
    .selectFrom('nomination')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  await collect(flow, settings, id);
};
