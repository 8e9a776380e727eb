/** The same work twice at one site: by one process undisturbed, and by a process for each consumer, each killed once. */
import pg from 'pg';
import { ImageReleased } from '../../schemas/events/releasing.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { aStableUpdate, eventsOf, type Observer, observe, publish, type Sent } from '../e2e/observer.ts';
import { type Living, startFlibs } from '../e2e/program.ts';
import type { Instance, Site } from '../e2e/site.ts';
import { consumers, watchFor } from './kill-plan.ts';

export interface Run {
  /** By NVR: the index digest, and the manifest digest of each arch. */
  readonly releases: ReadonlyMap<string, { index: string; arches: readonly (readonly [string, string])[] }>;
  /** By NVR: message ids of `image.released`. */
  readonly announcements: ReadonlyMap<string, ReadonlySet<string>>;
  readonly leftOver: { deadLetters: unknown[]; deferred: unknown[]; unsaid: unknown[] };
}

const update = aStableUpdate(['openssl-3.2.2-1.fc40']);
/** Of a module that no repository lists: understood, and nothing to build. */
const module: Sent = {
  topic: 'org.fedoraproject.prod.mbs.module.state.change',
  body: {
    id: 1,
    name: 'nodejs',
    stream: '20',
    version: '4020240101',
    context: 'abcdef01',
    state: 5,
    state_name: 'ready',
  },
};

/** Of a base that no image stands on. */
const base: Sent = {
  topic: 'org.fedoraproject.prod.fedora_image_uploader.published.v1.container',
  body: {
    architectures: ['x86_64'],
    compose_id: 'Fedora-Container-40-20260101.0',
    registries: ['registry.example.org'],
    release: 40,
    repository: 'fedora',
    tags: ['40'],
  },
};

/** A hint to look at the definitions, which are as they were. */
const push: Sent = {
  topic: 'org.fedoraproject.prod.git.receive',
  body: {
    agent: 'packager',
    commit: { repo: 'base', namespace: 'container', branch: 'f40', rev: 'a'.repeat(40) },
  },
};

/** One process that runs everything. */
export const calmRun = async (site: Site): Promise<Run> => {
  const instance = await site.configure('calm');
  const observer = await observe(site.services.rabbitmq.address, 'amq.topic');
  const up = await startFlibs(['up', '--config', instance.configFile], site.workingDirectory);
  await work(site, observer, () => site.addNewerOpenssl('3.2.2'));
  await up.interrupt();
  await observer.stop();
  // As it was, byte for byte, for the next run.
  newerOpenssl = await site.takeAway('openssl-libs-3.2.2-1.fc40.x86_64.rpm');
  return outcome(site, instance, observer);
};

let newerOpenssl = '';

/** Three images, then the update of what is in the first of them. */
const work = async (site: Site, observer: Observer, offer: () => Promise<void>): Promise<void> => {
  const { address } = site.services.rabbitmq;
  await untilReleased(observer, 3);
  await offer();
  for (const message of [module, base, push, update]) await publish(address, 'amq.topic', message);
  await untilReleased(observer, 6);
};

const untilReleased = (observer: Observer, count: number): Promise<unknown> =>
  waitUntil(async () => (nvrsOf(observer).size >= count ? true : undefined), {
    seconds: 150,
    what: `${count} releases`,
    every: 50,
  }).catch((cause: unknown) => {
    const last = observer.heard.slice(-20).map(({ topic }) => topic);
    throw new Error(`released: ${[...nvrsOf(observer)].join(' ')}; heard last: ${last.join(' ')}`, { cause });
  });

const nvrsOf = ({ heard }: Observer): ReadonlySet<string> =>
  new Set(eventsOf(heard, ImageReleased).map(({ body }) => body.nvr));

/** Every consumer as a process of its own. Whichever is killed is started again at once. */
export const killedRun = async (site: Site): Promise<Run & { readonly killed: readonly string[] }> => {
  const instance = await site.configure('killed');
  const { address } = site.services.rabbitmq;
  const living = new Map<string, Living>();
  const killed: string[] = [];
  const restarts: Promise<void>[] = [];
  const start = async (consumer: string): Promise<void> => {
    living.set(
      consumer,
      await startFlibs(['run', consumer, '--config', instance.configFile], site.workingDirectory),
    );
  };
  const kill = (consumer: string): void => {
    killed.push(consumer);
    restarts.push((living.get(consumer)?.kill() ?? Promise.resolve()).then(() => start(consumer)));
  };
  const observer = await observe(address, 'amq.topic');
  // It declares the topology and says nothing: whoever listens to the exchanges misses nothing.
  await start('timekeeper');
  const others = [
    await whenThere(address, 'flibs.killed.upstream'),
    await whenThere(address, 'flibs.killed.facts'),
  ];
  observer.onHeard(watchFor('public', kill));
  others[0]?.onHeard(watchFor('upstream', kill));
  others[1]?.onHeard(watchFor('facts', kill));
  for (const consumer of consumers) if (consumer !== 'timekeeper') await start(consumer);
  await work(site, observer, () => site.bringBack(newerOpenssl));
  await Promise.all(restarts);
  await settled(site, instance);
  await Promise.all([...living.values()].map((process) => process.interrupt()));
  for (const one of [observer, ...others]) await one.stop();
  return { ...(await outcome(site, instance, observer)), killed };
};

/** Observes an exchange once somebody has declared it. */
const whenThere = (address: string, exchange: string): Promise<Observer> =>
  waitUntil(() => observe(address, exchange).catch(() => undefined), {
    seconds: 60,
    what: exchange,
    every: 100,
  });

const outcome = async (site: Site, { instance }: Instance, { heard }: Observer): Promise<Run> => {
  const released = eventsOf(heard, ImageReleased);
  const announcements = new Map<string, Set<string>>();
  for (const { message, body } of released) {
    announcements.set(body.nvr, (announcements.get(body.nvr) ?? new Set()).add(message.id));
  }
  const releases = new Map(
    released.map(({ body }) => [
      body.nvr,
      {
        index: body.indexDigest,
        arches: body.arches.map((each) => [each.arch, each.manifestDigest] as const),
      },
    ]),
  );
  return {
    releases,
    announcements,
    leftOver: await leftOver(site.services.postgres.address, `flibs_${instance}`),
  };
};

/** A relay that was killed had rows in hand, which others send when its lease has run out. */
const settled = (site: Site, { instance }: Instance): Promise<unknown> =>
  waitUntil(
    async () => {
      const { deferred, unsaid } = await leftOver(site.services.postgres.address, `flibs_${instance}`);
      return deferred.length + unsaid.length === 0 ? true : undefined;
    },
    { seconds: 60, what: 'everything to be said', every: 500 },
  ).catch(() => undefined);

const leftOver = async (store: string, schema: string): Promise<Run['leftOver']> => {
  const client = new pg.Client(store);
  await client.connect();
  const rows = async (query: string): Promise<unknown[]> => (await client.query(query)).rows;
  try {
    return {
      deadLetters: await rows(`select consumer, topic, reason from ${schema}.dead_letter`),
      deferred: await rows(`select consumer, topic, error from ${schema}.deferred`),
      unsaid: await rows(`select routing_key, last_error from ${schema}.outbox where published_at is null`),
    };
  } finally {
    await client.end();
  }
};
