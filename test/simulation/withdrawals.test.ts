/** Builds that are taken back: told of by those who hold them, or replaced by what is on offer now. */
import { expect, test } from '@jest/globals';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import { DistroReleaseName } from '../../schemas/ids.ts';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import { why } from '../../src/api/queries/why.ts';
import { nominate } from '../../src/flows/nominating/nominate.ts';
import { rowsOf } from '../store/an-environment.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { fleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import { anUntag, type World } from './world.ts';

const worlds = releasedWorlds();
const { begin: released } = worlds;

/** openssl 1.0, which all but `lonely` hold, is gone from the repositories; 0.9 is what they have. */
const begin = async (): Promise<World> => {
  const world = await released();
  world.repositories.publish('openssl', '0.9');
  world.repositories.withdraw('openssl', '1.0');
  return world;
};

const few = { to: 1 };
const untagged = () => anUntag('openssl', '1.0', 'openssl is untagged');

const rebuilds = (...names: readonly string[]): readonly ImageDefinition[] =>
  fleet.map((image) => (names.includes(image.name) ? { ...image, onWithdrawal: 'rebuild' } : image));

const told = async (): Promise<readonly string[]> =>
  (await waitingThings(worlds.environment.store.db)).map(({ what, reason }) => `${what} ${reason}`);

const left = async (): Promise<readonly string[]> =>
  (await rowsOf(worlds.environment.store, 'left_alone'))
    .filter((row) => row['rebuild'] !== 1)
    .map((row) => `${row['image']} ${row['arch'] ?? '*'}: ${row['text']}`)
    .sort();

const reasonsOf = async (image: string): Promise<readonly string[]> => {
  const rows = await worlds.environment.store.db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['arch_build.arch', 'arch_build.reasons'])
    .where('build.image', '=', image)
    .where('build.release_number', '>', 1)
    .orderBy('arch_build.arch')
    .execute();
  return rows.map(({ arch, reasons }) => `${arch} ${JSON.stringify(reasons)}`);
};

test('unless an image says otherwise nothing is built, and every image that holds it is told of', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await world.run({ seed, arriving: [untagged()] });
    await expectSound(world);
    for (const { name } of fleet) expect(await buildsOf(world, name)).toEqual([]);
    const holds = (packages: string) =>
      `(aarch64, x86_64) holds ${packages} of openssl-1.0-1.fc40, which was withdrawn (f40-updates)`;
    expect(await told()).toEqual([
      `image base ${holds('openssl-libs')}`,
      `image client ${holds('openssl-libs')}`,
      `image runtime ${holds('openssl-libs')}`,
      `image server ${holds('openssl, openssl-libs')}`,
    ]);
  });
});

test('`flibs why` of an image that holds it says so', async () => {
  const world = await begin();
  await world.run({ seed: 1, arriving: [untagged()] });
  const reasons = async (image: string) =>
    (await why(worlds.environment.store.db, image))?.leftAlone.map(
      ({ arch, reason }) => `${arch}: ${reason}`,
    );
  const was = 'holds what was withdrawn (f40-updates): openssl-libs-1.0-1.fc40';
  expect(await reasons('base')).toContain(
    `x86_64: ${was}.x86_64; its on_withdrawal is alarm, so it is not rebuilt`,
  );
  expect(await reasons('client')).toContain(
    `aarch64: ${was}.aarch64; it has it from its parent, which is not rebuilt`,
  );
});

test('where images say so, they are rebuilt on what is on offer now, parents first, and others follow', async () => {
  await everySeed({ to: 2 }, begin, async (world, seed) => {
    world.definitions = { ...world.definitions, images: rebuilds('base', 'server') };
    await world.run({ seed, arriving: [untagged(), untagged()] });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
    expect(await buildsOf(world, 'lonely')).toEqual([]);
    expect(await contents(world)).toMatchObject({
      'client.aarch64': { 'openssl-libs': '0.9' },
      'server.x86_64': { openssl: '0.9', 'openssl-libs': '0.9' },
    });
    expect((await reasonsOf('base')).join('\n')).toMatch(/"kind":"withdrawn"/);
    expect((await reasonsOf('runtime')).join('\n')).toMatch(/"kind":"inherited"/);
    expect(await told()).toEqual([]);
  });
});

test('an arch whose repositories list it all the same is left alone', async () => {
  await everySeed(few, released, async (world, seed) => {
    world.definitions = { ...world.definitions, images: rebuilds('base') };
    world.repositories.publish('openssl', '0.9', ['aarch64']);
    world.repositories.withdraw('openssl', '1.0', ['aarch64']);
    await world.run({ seed, arriving: [untagged()] });
    await expectSound(world);
    expect((await reasonsOf('base')).map((reasons) => reasons.split(' ')[0])).toEqual(['aarch64']);
    expect(await contents(world)).toMatchObject({
      'base.aarch64': { 'openssl-libs': '0.9' },
      'base.x86_64': { 'openssl-libs': '1.0' },
    });
    expect(await left()).toContain(
      'base x86_64: named as withdrawn (f40-updates), and on offer all the same: openssl-libs-1.0-1.fc40.x86_64',
    );
  });
});

test('a message that comes before the repositories have caught up counts once they have', async () => {
  const world = await released();
  world.definitions = { ...world.definitions, images: rebuilds('base', 'server') };
  await world.run({ seed: 1, arriving: [untagged()] });
  await expectSound(world);
  expect(await buildsOf(world, 'base')).toEqual([]);
  expect(await told()).toEqual([]);

  world.repositories.publish('openssl', '0.9');
  world.repositories.withdraw('openssl', '1.0');
  world.aheadMs += 1000 * world.settings.reconcileInterval;
  await world.run({ seed: 1 });
  await expectFresh(world);
  expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
});

test.each(['1.1', '0.8'])(
  'a withdrawal of openssl %s, which no image holds, does nothing',
  async (version) => {
    const world = await released();
    await world.run({ seed: 1, arriving: [anUntag('openssl', version, 'another')] });
    await expectSound(world);
    expect(await left()).toEqual([]);
    expect(await told()).toEqual([]);
    expect(await rowsOf(worlds.environment.store, 'withdrawal')).toEqual([]);
  },
);

test('a build that was tagged again since is left alone with that reason', async () => {
  const world = await begin();
  world.definitions = { ...world.definitions, images: rebuilds('base') };
  const of = {
    distroRelease: DistroReleaseName.parse('F40'),
    sources: [{ name: 'openssl', version: '1.0', release: '1.fc40' }],
    severity: 'none' as const,
    reference: 'f40-updates',
  };
  await inFlow(world, async (flow) => {
    await nominate(flow, { kind: 'withdrawal', ...of });
    await nominate(flow, { kind: 'packages', ...of });
  });
  await world.run({ seed: 1 });
  await expectSound(world);
  expect(await buildsOf(world, 'base')).toEqual([]);
  expect((await left()).join('\n')).toMatch(/base x86_64: .*all the same/);
  expect(await told()).toEqual([]);
});

test('an image whose parent goes on to hold it is rebuilt for its own part, and told of for the rest', async () => {
  const world = await begin();
  world.definitions = { ...world.definitions, images: rebuilds('server') };
  await world.run({ seed: 1, arriving: [untagged()] });
  await expectSound(world);
  expect(await buildsOf(world, 'server')).toEqual(['server-40-2 released']);
  expect(await buildsOf(world, 'base')).toEqual([]);
  expect(await contents(world)).toMatchObject({ 'server.x86_64': { openssl: '0.9', 'openssl-libs': '1.0' } });
  expect(await told()).toContain(
    'image server (aarch64, x86_64) holds openssl-libs of openssl-1.0-1.fc40, which was withdrawn (f40-updates)',
  );
});

test('where no other is on offer, nothing is built in vain', async () => {
  const world = await released();
  world.definitions = { ...world.definitions, images: rebuilds('base') };
  world.repositories.withdraw('openssl', '1.0');
  await world.run({ seed: 1, arriving: [untagged()] });
  await expectSound(world);
  expect(await buildsOf(world, 'base')).toEqual([]);
  expect((await left()).join('\n')).toMatch(/base x86_64: .*no other is on offer/);
  expect((await told()).join('\n')).toMatch(/image base /);
});
