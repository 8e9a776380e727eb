/** A storm of updates over a fleet that is released, and what was built for it until everything was fresh. */
import { sql } from 'kysely';
import type { Arch } from '../../schemas/ids.ts';
import { untilFresh } from './at-rest.ts';
import { contentOf, holdersOf, stormFleet } from './fleet.ts';
import { sendUpdates } from './send-updates.ts';
import { type SiteOptions, type StormSite, startSite } from './site.ts';

export interface StormOptions {
  /** Empty. */
  readonly directory: string;
  readonly arches: readonly Arch[];
  readonly updates: number;
  /** In which they come. */
  readonly seconds: number;
  readonly first: SiteOptions['first'];
  readonly say: (text: string) => void;
}

export interface StormReport {
  readonly updates: number;
  /** Until the last of them was published. */
  readonly seconds: number;
  /** From then until every image is fresh and released, and nothing is left to do. */
  readonly freshAfter: number;
  /** Arch builds that one rebuild for each message would have made. */
  readonly onePerMessage: number;
  /** How often each affected `image.arch` was built. */
  readonly builds: ReadonlyMap<string, number>;
  /** `image.arch` that was built though nothing in it was updated. */
  readonly needless: readonly string[];
  readonly rebuilds: number;
  readonly deadLetters: number;
}

/** Short beside the usual 60, to be done sooner: a storm that lasts is one rebuild all the same. */
const quietPeriod = 3;
const buildMs = 100;

export const runStorm = async (options: StormOptions): Promise<StormReport> => {
  const { directory, arches, updates, seconds, first, say } = options;
  const site = await startSite({ directory, arches, quietPeriod, buildMs, first });
  try {
    await untilFresh(site, 0);
    const before = site.buildStep.ran.length;
    say(`${stormFleet.length} images on ${arches.length} arches are released, ${before} arch builds made`);
    const begun = performance.now();
    const told = await sendUpdates(site, updates, seconds);
    const sent = performance.now();
    say(`${told.length} updates sent in ${((sent - begun) / 1000).toFixed(1)} s`);
    await untilFresh(site, updates);
    const freshAfter = (performance.now() - sent) / 1000;
    const counts = { updates, seconds: (sent - begun) / 1000, freshAfter };
    return { ...counts, ...(await reportOf(site, told, site.buildStep.ran.slice(before))) };
  } finally {
    await site.stop();
  }
};

const reportOf = async ({ store, arches }: StormSite, told: readonly string[], ran: readonly string[]) => {
  const affected = stormFleet.filter(({ name }) => contentOf(name).some((source) => told.includes(source)));
  const builds = new Map(affected.flatMap(({ name }) => arches.map((arch) => [`${name}.${arch}`, 0])));
  for (const one of ran) if (builds.has(one)) builds.set(one, (builds.get(one) ?? 0) + 1);
  const { rows } = await sql<{ rebuilds: number; dead: number }>`
    select (select count(*)::int from rebuild where id > 1) as rebuilds,
      (select count(*)::int from dead_letter) as dead`.execute(store.db);
  return {
    onePerMessage: told.reduce((sum, source) => sum + holdersOf(source).length * arches.length, 0),
    builds,
    needless: ran.filter((one) => !builds.has(one)),
    rebuilds: rows[0]?.rebuilds ?? 0,
    deadLetters: rows[0]?.dead ?? 0,
  };
};
