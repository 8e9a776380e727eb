/** Looks into the store of a running flibs, seldom enough not to be in its way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { advisory } from '../../src/cli/demo/bodhi-message.ts';
import { schemaOfInstance } from '../../src/store/pool.ts';
import type { Site } from './site.ts';

export interface Observed {
  readonly bus: string;
  /** Rows of a query on the instance's schema. */
  query<T extends z.ZodType>(row: T, text: string): Promise<z.infer<T>[]>;
  close(): Promise<void>;
}

const Services = z.object({ bus: z.string(), store: z.string() });
const lookEveryMs = 200;
const patienceMs = 180_000;

export const observe = async ({ dataDirectory, config }: Site): Promise<Observed> => {
  const { bus, store } = Services.parse(
    JSON.parse(await readFile(join(dataDirectory, 'services.json'), 'utf8')),
  );
  const client = new pg.Client({ connectionString: store });
  await client.connect();
  await client.query(`set search_path to ${schemaOfInstance(config.instance)}`);
  return {
    bus,
    query: async (row, text) => z.array(row).parse((await client.query(text)).rows),
    close: () => client.end(),
  };
};

const until = async (what: string, { query }: Observed, text: string): Promise<void> => {
  const deadline = performance.now() + patienceMs;
  while ((await query(z.object({ so: z.boolean() }), text))[0]?.so !== true) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${patienceMs / 1000} s`);
    await delay(lookEveryMs);
  }
};

/** Nothing to be done, nothing to be said, and a worker that waits. */
export const untilQuiet = (observed: Observed): Promise<void> =>
  until(
    'quiet',
    observed,
    `select not exists (select from job where state = 'running' or state = 'waiting' and due <= now())
        and not exists (select from outbox where published_at is null)
        and not exists (select from run where state in ('requested', 'running'))
        and exists (select from worker where announced_at > now() - interval '3 seconds') as so`,
  );

export const untilAllReleased = (observed: Observed, count: number): Promise<void> =>
  until(
    'the first releases',
    observed,
    `select count(*) = ${count} as so from build where state = 'released'`,
  );

export const untilRebuilt = (observed: Observed): Promise<void> =>
  until(
    'the rebuild',
    observed,
    `select exists (select from rebuild where reference = '${advisory}' and state = 'finished') as so`,
  );

const Turn = z.object({ ms: z.number() });

/** From `rebuild.planned` to the last `image.released` that the broker has confirmed, in milliseconds. */
export const wallOf = async ({ query }: Observed): Promise<number> => {
  const [turn] = await query(
    Turn,
    `select (extract(epoch from
         (select max(published_at) from outbox where routing_key like '%.flibs.image.released')
       - (select max(created_at) from outbox where routing_key like '%.flibs.rebuild.planned')) * 1000)::float as ms`,
  );
  if (turn === undefined) throw new Error('nothing was released');
  return turn.ms;
};

/** Image -> index digest of what the rebuild released. */
export const releasedDigests = async ({ query }: Observed): Promise<ReadonlyMap<string, string>> => {
  const rows = await query(
    z.object({ image: z.string(), index_digest: z.string() }),
    `select distinct on (image) image, index_digest from build
     where state = 'released' and created_at >= (select max(planned_at) from rebuild) order by image, id desc`,
  );
  return new Map(rows.map(({ image, index_digest }) => [image, index_digest]));
};
