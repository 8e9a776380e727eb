/** When a storm is over: everything was taken in, nothing is left to do, and every image holds what is newest. */
import { sql } from 'kysely';
import { waitUntil } from '../../src/host/wait-until.ts';
import { contentOf, stormFleet } from './fleet.ts';
import type { StormSite } from './site.ts';

/** What is still to be done. */
const unfinished: Readonly<Record<string, string>> = {
  targets: 'nomination_target where closed_at is null',
  'follow-ups': 'follow_up where closed_at is null',
  rebuilds: `rebuild where state not in ('finished', 'cancelled')`,
  builds: 'build where ended_at is null',
};

/** @param messages - of package-updated, that must have been taken in */
export const untilFresh = async (site: StormSite, messages: number): Promise<void> => {
  let lacking: readonly string[] = [];
  const look = async (): Promise<true | undefined> => {
    lacking = await workLeft(site, messages);
    if (lacking.length === 0) lacking = await stale(site);
    return lacking.length === 0 ? true : undefined;
  };
  await waitUntil(look, { seconds: 600, every: 250, what: 'every image to be fresh' }).catch(
    (cause: unknown) => {
      throw new Error(`not at rest: ${lacking.slice(0, 20).join('; ')}`, { cause });
    },
  );
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
