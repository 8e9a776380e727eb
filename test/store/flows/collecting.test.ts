/** A rebuild collects until it is quiet, or long enough, or urgent; and then waits for a fresh look. */
import { expect, test } from '@jest/globals';
import type { Arch } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { rebuildDetail } from '../../../src/api/queries/rebuilds.ts';
import { Look, looked } from '../../../src/flows/looking/repositories.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { release } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { collectUpdate, inFlow, lookedAtAll, unsent } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

/** Somebody names openssl, so many seconds after the beginning. */
const nominated = (seconds: number, severity: Severity = 'moderate') =>
  inFlow(
    world,
    async (flow) => {
      await collectUpdate(flow, world.settings, {
        source: 'openssl',
        version: '2.0',
        severity,
        reference: `after ${seconds} s`,
      });
    },
    seconds,
  );

const rebuild = async () => {
  const row = await world.environment.store.db
    .selectFrom('rebuild')
    .selectAll()
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const since = (from: Date) => row.close_at.getTime() - from.getTime();
  return { ...row, quiet: since(row.last_nominated_at) / 1000, collects: since(row.opened_at) / 1000 };
};

const closes = (seconds: number) =>
  inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), seconds);

test('it closes a quiet minute after the last nomination', async () => {
  await nominated(0);
  expect(await rebuild()).toMatchObject({ state: 'collecting', quiet: 60, reference: 'after 0 s' });
  await nominated(30);
  expect(await rebuild()).toMatchObject({ state: 'collecting', quiet: 60 });
  await lookedAtAll(world);
  await closes(70);
  expect((await rebuild()).state).toBe('collecting');
  await closes(91);
  expect((await rebuild()).state).toBe('finished');
});

test('it collects for ten minutes at most', async () => {
  for (let seconds = 0; seconds < 600; seconds += 50) await nominated(seconds);
  expect(await rebuild()).toMatchObject({ state: 'collecting', collects: 600 });
});

test.each<Severity>(['important', 'critical'])('%s closes it at once', async (severity) => {
  await nominated(0);
  await nominated(10, severity);
  expect(await rebuild()).toMatchObject({ severity, quiet: 0 });
  await nominated(11, 'low');
  expect(await rebuild()).toMatchObject({ severity });
  await lookedAtAll(world);
  await closes(12);
  expect((await rebuild()).state).toBe('finished');
});

test('two first nominations at once open one rebuild', async () => {
  await Promise.all([nominated(0), nominated(1), nominated(2)]);
  const rows = await world.environment.store.db
    .selectFrom('nomination_target')
    .select('rebuild')
    .distinct()
    .where('closed_at', 'is', null)
    .execute();
  expect(rows).toEqual([{ rebuild: (await rebuild()).id }]);
});

/** A look at each arch's repository, so many seconds after the beginning: unchanged, unless it cannot be read. */
const looksFind = (seconds: number, errors: Partial<Record<Arch, string>>) =>
  inFlow(
    world,
    async (flow) => {
      const [repository] = release.repositories;
      for (const arch of release.arches) {
        const wantedAt = flow.now.toISOString();
        const look = Look.parse({ distroRelease: 'F40', arch, releasever: '40', repository, wantedAt });
        const error = errors[arch];
        await looked(
          flow,
          world.settings,
          look,
          error === undefined ? { kind: 'unchanged' } : { kind: 'unreadable', error },
        );
      }
    },
    seconds,
  );

test('it waits for a look that is newer than what was nominated, and says for which', async () => {
  await nominated(0);
  await closes(61);
  expect((await rebuild()).waiting).toMatch(
    /^waits for a look at updates for x86_64: .*; updates for aarch64: /,
  );
  expect(await unsent(world, 'flibs.rebuild.planned')).toEqual([]);
  await looksFind(62, { aarch64: 'repomd.xml: 503' });
  await closes(63);
  expect((await rebuild()).waiting).toBe('waits for a look at updates for aarch64: repomd.xml: 503');
});

test('after a minute it is planned with what a repository that cannot be read offered before, and says so', async () => {
  await nominated(0);
  await looksFind(62, { aarch64: 'repomd.xml: 503' });
  await closes(119);
  expect((await rebuild()).state).toBe('collecting');
  await closes(121);
  const { id, state } = await rebuild();
  expect(state).toBe('finished');
  const { history = [] } = (await rebuildDetail(world.environment.store.db, id)) ?? {};
  expect(history.map((each) => `${each.state}: ${each.reason}`)).toEqual([
    'collecting: after 0 s',
    'planned: nothing to build; with what was on offer before at updates for aarch64: repomd.xml: 503',
    'finished: nothing to build',
  ]);
});

test('a repository that could never be read is waited for', async () => {
  await world.environment.store.db.updateTable('repository_state').set({ checked_at: null }).execute();
  await nominated(0);
  await looksFind(62, { x86_64: 'repomd.xml: 404', aarch64: 'repomd.xml: 503' });
  await closes(1000);
  expect((await rebuild()).waiting).toMatch(/^waits for a look at updates for x86_64: repomd.xml: 404; /);
});

test('what is left alone is stored with its reason', async () => {
  await nominated(0);
  await lookedAtAll(world);
  await closes(61);
  const { id, state } = await rebuild();
  expect(state).toBe('finished');
  const rows = await world.environment.store.db
    .selectFrom('left_alone')
    .select(['image', 'arch', 'reason', 'text'])
    .where('rebuild', '=', id)
    .orderBy('image')
    .orderBy('arch')
    .execute();
  expect(rows.find(({ image, arch }) => image === 'base' && arch === 'x86_64')).toMatchObject({
    reason: { kind: 'nothing-newer', packages: [{ name: 'openssl-libs', source: 'openssl' }] },
    text: expect.stringMatching(/^nothing newer on offer: openssl-libs-1\.0-1\.fc40\.x86_64/),
  });
});
