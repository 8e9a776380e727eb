/** Candidates of one image are with CI one after the other, in every order of delivery. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { recordResult } from '../../src/flows/releasing/results.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { expectSound } from './soundness.ts';
import { anUpdate, type World } from './world.ts';

const { begin } = releasedWorlds(() => images({}));

const slowTest = 'acme.slow.functional';

const images = (base: { readonly testCase?: string }) => [
  anImage({ name: 'base', packages: ['openssl-libs', 'musl'], smokeTest: false, ...base }),
  anImage({ name: 'app', parent: 'base', packages: ['glibc'], smokeTest: false }),
];

/** Whoever tests the base takes as long as he likes. */
const withSlowCi = async (world: World, seed: number) => {
  world.definitions = { ...world.definitions, images: images({ testCase: slowTest }) };
  await world.run({ seed });
  await update(world, seed, '2.0', 'high');
  expect(await buildsOf(world, 'base')).toEqual(['base-40-2 testing']);
};

/** Comes to rest while somebody tests. */
const update = async (world: World, seed: number, version: string, severity: string) => {
  world.repositories.publish('openssl', version);
  const arriving = [anUpdate('openssl', version, { id: `openssl ${version}`, severity })];
  await world.run({ seed, arriving, atRest: async () => true });
};

/** What CI says of a candidate. */
const says = async (world: World, seed: number, nvr: string, outcome: 'PASSED' | 'FAILED') => {
  const { index_digest: digest } = await world.environment.store.db
    .selectFrom('build')
    .select('index_digest')
    .where('nvr', '=', nvr)
    .executeTakeFirstOrThrow();
  const subject = { digest: digest ?? '' };
  const run = `of ${nvr}`;
  await inFlow(world, (flow) =>
    recordResult(
      flow,
      { origin: 'upstream', reporter: 'somebody' },
      { testCase: slowTest, outcome, subject, run },
    ),
  );
  await world.run({ seed, atRest: async () => true });
};

const waitingOf = async (world: World, nvr: string): Promise<string | null> => {
  const { rows } = await sql<{
    waiting: string | null;
  }>`select waiting from build where nvr = ${nvr}`.execute(world.environment.store.db);
  return rows[0]?.waiting ?? null;
};

const few = { to: 1 };

test('the next waits, and what is built upon it goes on; its turn comes when the one before it is released', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await withSlowCi(world, seed);
    await update(world, seed, '3.0', 'high');
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 testing', 'base-40-3 held']);
    expect(await waitingOf(world, 'base-40-3')).toBe(
      'base-40-2 is with CI: one candidate of an image at a time',
    );
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 held', 'app-40-3 held']);
    await says(world, seed, 'base-40-2', 'PASSED');
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released', 'base-40-3 testing']);
    await says(world, seed, 'base-40-3', 'PASSED');
    await expectFresh(world);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released', 'app-40-3 released']);
  });
});

test('a critical one takes the place of the one that is with CI', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await withSlowCi(world, seed);
    await update(world, seed, '3.0', 'urgent');
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 superseded', 'base-40-3 testing']);
    await says(world, seed, 'base-40-3', 'PASSED');
    await expectFresh(world);
  });
});

test('its turn comes where the one before it is rejected', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await withSlowCi(world, seed);
    await update(world, seed, '3.0', 'high');
    await says(world, seed, 'base-40-2', 'FAILED');
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 rejected', 'base-40-3 testing']);
    await says(world, seed, 'base-40-3', 'PASSED');
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 rejected', 'base-40-3 released']);
  });
});
