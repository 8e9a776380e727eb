/** When a storm is over: everything was taken in, nothing is left to do, and every image holds what is newest. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { contentOf, stormFleet } from './fleet.ts';
import type { StormSite } from './site.ts';

/** What is still to be done. */
const unfinished: Readonly<Record<string, string>> = {
  targets: 'nomination_target where closed_at is null',
  'follow-ups': 'follow_up where closed_at is null',
  rebuilds: `rebuild where state not in ('finished', 'cancelled')`,
  builds: 'build where ended_at is null',
};

/** Seconds in which nothing at all has changed: nothing will any more. */
const patience = 120;

/**
 * However long it takes, as long as something goes on.
 *
 * @param messages - of package-updated, that must have been taken in
 * @throws Error saying what is left to do, what is not fresh, and what has failed
 */
export const untilFresh = async (site: StormSite, messages: number): Promise<void> => {
  let before = '';
  for (let since = performance.now(); ; await delay(500)) {
    const left = await workLeft(site, messages);
    const lacking = left.length > 0 ? left : await stale(site);
    if (lacking.length === 0) return;
    const now = [site.buildStep.ran.length, ...lacking].join('; ');
    if (now !== before) since = performance.now();
    before = now;
    if (performance.now() - since < patience * 1000) continue;
    const all = [...(await failures(site)), ...lacking].slice(0, 20);
    throw new Error(`nothing goes on any more, and it is not at rest: ${all.join('; ')}`);
  }
};

/** What a person would have to see to. */
const failures = async ({ store }: StormSite): Promise<readonly string[]> => {
  const { rows } = await sql<{ told: string }>`
    select nvr || '.' || arch || ' failed: ' || arch_build.error as told
      from arch_build join build on build.id = arch_build.build where arch_build.state = 'failed'
    union all select 'dead letter of ' || consumer || ': ' || reason from dead_letter
    union all select 'put off by ' || consumer || ': ' || error from deferred
    union all select 'job ' || kind || ' ' || key || ': ' || last_error from job where last_error is not null`.execute(
    store.db,
  );
  return rows.map(({ told }) => told);
};

const workLeft = async ({ store }: StormSite, messages: number): Promise<readonly string[]> => {
  const count = async (from: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`select count(*)::int from ${sql.raw(from)}`.execute(
      store.db,
    );
    return rows[0]?.count ?? 0;
  };
  const taken = await count(`inbox where consumer = 'package-updated'`);
  const left = taken < messages ? [`${taken} of ${messages} messages were taken in`] : [];
  for (const [what, from] of Object.entries(unfinished)) {
    const found = await count(from);
    if (found > 0) left.push(`${found} ${what}`);
  }
  return left;
};

const stale = async ({ store, arches, buildStep, repository }: StormSite): Promise<readonly string[]> => {
  const current = await store.db.selectFrom('current').select(['image', 'arch', 'manifest']).execute();
  if (current.length < stormFleet.length * arches.length) return [`only ${current.length} are released`];
  return current.flatMap(({ image, arch, manifest }) => {
    const held = new Map(buildStep.contentOf(manifest).map(({ name, version }) => [name, version]));
    return contentOf(image)
      .filter((name) => held.get(name) !== repository.newest(name, arch).version)
      .map((name) => `${image}.${arch} holds ${name} ${held.get(name)}`);
  });
};
