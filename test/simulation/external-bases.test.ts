/** Images on bases that others publish: pinned per arch, rebuilt where the base moved, upgraded where nobody else will. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import { anEnvironment, rowsOf, type TestEnvironment } from '../store/an-environment.ts';
import { emptyStore } from '../store/empty-store.ts';
import { buildsOf } from './every-seed.ts';
import { anImage, digestOfText, fedora, onFedora } from './fleet.ts';
import type { BaseContent } from './in-memory-bases.ts';
import { contents, expectSound } from './soundness.ts';
import { aBase, anUpdate, aTag, aWorld, type World } from './world.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());

/** All is released on a base of openssl 1.0. */
const aWorldOn = async (base: BaseContent, ...images: ImageDefinition[]): Promise<World> => {
  await emptyStore(environment.store);
  const world = aWorld(environment);
  world.definitions = { ...world.definitions, images };
  world.bases.publish(fedora, base);
  await world.run({ seed: 1 });
  return world;
};

const both = { x86_64: { 'openssl-libs': '1.0' }, aarch64: { 'openssl-libs': '1.0' } };

const reasonsOf = async (nvr: string): Promise<readonly string[]> => {
  const rows = await environment.store.db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['arch_build.arch', 'arch_build.reasons'])
    .where('build.nvr', '=', nvr)
    .orderBy('arch_build.arch')
    .execute();
  return rows.map(({ arch, reasons }) => `${arch} ${JSON.stringify(reasons)}`);
};

const left = async (): Promise<readonly string[]> =>
  (await rowsOf(environment.store, 'left_alone')).map(
    (row) => `${row['image']} ${row['arch']}: ${row['text']}`,
  );

const parentsOf = (world: World, nvr: string) =>
  world.workers.built
    .filter((command) => command.nvr === nvr)
    .map(({ arch, parents }) => [arch, parents[0]?.pullspec])
    .sort();

const manifestsNow = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await rowsOf(environment.store, 'external_base_arch')).map((row) => [
      String(row['arch']),
      String(row['manifest_digest']),
    ]),
  );

test('an image on a tag is pinned to the manifest of each arch', async () => {
  const world = await aWorldOn(both, onFedora('app'));
  await expectSound(world);
  const now = await manifestsNow();
  expect(parentsOf(world, 'app-40-1')).toEqual([
    ['aarch64', `registry.example.org/fedora@${now['aarch64']}`],
    ['x86_64', `registry.example.org/fedora@${now['x86_64']}`],
  ]);
  expect(await contents(world)).toMatchObject({ 'app.x86_64': { curl: '1.0', 'openssl-libs': '1.0' } });
});

test('where the base moved on one arch, that arch is rebuilt with all upon it, and the reason says from what to what', async () => {
  const world = await aWorldOn(
    both,
    onFedora('app'),
    anImage({ name: 'top', parent: 'app', packages: ['nginx'], smokeTest: false }),
  );
  const before = await manifestsNow();
  world.bases.publish(fedora, { ...both, aarch64: { 'openssl-libs': '1.1' } });
  await world.run({ seed: 1, arriving: [aBase('moved')] });
  await expectSound(world);
  expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  expect(await buildsOf(world, 'top')).toEqual(['top-40-2 released']);
  const now = await manifestsNow();
  expect(now['x86_64']).toBe(before['x86_64']);
  expect(await reasonsOf('app-40-2')).toEqual([
    `aarch64 ${JSON.stringify([{ to: now['aarch64'], from: before['aarch64'], kind: 'base-moved', pullspec: fedora, references: [] }])}`,
  ]);
  expect(await contents(world)).toMatchObject({ 'top.aarch64': { 'openssl-libs': '1.1' } });
});

test('a move that no message told of is found by the poll', async () => {
  const world = await aWorldOn(both, onFedora('app'));
  world.bases.publish(fedora, { x86_64: { 'openssl-libs': '1.1' }, aarch64: { 'openssl-libs': '1.1' } });
  world.aheadMs += 1000 * world.settings.repositoryInterval;
  await world.run({ seed: 1 });
  await expectSound(world);
  expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
});

test('an arch that the base lacks is explained and not waited for', async () => {
  const world = await aWorldOn({ x86_64: both.x86_64 }, onFedora('app'));
  await expectSound(world);
  const states = await rowsOf(environment.store, 'arch_build');
  const told = [
    ...(await left()),
    ...states.map((row) => `${row['image']} ${row['arch']}: ${row['error'] ?? row['state']}`),
  ];
  expect(told.join('\n')).toMatch(/app aarch64: its base registry.example.org\/fedora:40 has no image for/);
});

test('a security update of what is inherited is upgraded by the image on the base, and stays so', async () => {
  const world = await aWorldOn(both, onFedora('app'));
  world.repositories.publish('openssl', '2.0');
  await world.run({ seed: 1, arriving: [anUpdate('openssl', '2.0', { id: 'security' })] });
  await expectSound(world);
  expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  expect((await reasonsOf('app-40-2')).join()).toContain('"kind":"base-package"');
  expect(await contents(world)).toMatchObject({ 'app.x86_64': { 'openssl-libs': '2.0' } });

  world.repositories.publish('curl', '2.0');
  await world.run({ seed: 1, arriving: [anUpdate('curl', '2.0', { id: 'another' })] });
  expect(await contents(world)).toMatchObject({ 'app.x86_64': { curl: '2.0', 'openssl-libs': '2.0' } });
});

test.each(['never', 'security'] as const)(
  'an update that is no security update is the base’s business where the policy is %s',
  async (upgradeInherited) => {
    const world = await aWorldOn(both, onFedora('app', { upgradeInherited }));
    world.repositories.publish('openssl', '2.0');
    await world.run({ seed: 1, arriving: [aTag('openssl', '2.0', 'no advisory')] });
    await expectSound(world);
    expect(await buildsOf(world, 'app')).toEqual([]);
    expect((await left()).join('\n')).toContain(`inherited from the external base ${fedora}`);
  },
);

test.each([
  ['is upgraded', true, ['app-40-2 released']],
  ['is not, where no advisory lists it', false, []],
])('what is inherited, newer on offer, and told by no message %s', async (_what, isSecurity, builds) => {
  const world = await aWorldOn(both, onFedora('app'));
  world.repositories.publish('openssl', '2.0');
  if (isSecurity) world.repositories.listAdvisory('openssl', '2.0');
  world.aheadMs += 1000 * world.settings.repositoryInterval;
  await world.run({ seed: 1 });
  await expectSound(world);
  expect(await buildsOf(world, 'app')).toEqual(builds);
});

test('it is upgraded too where an advisory comes to list what was looked at already', async () => {
  const world = await aWorldOn(both, onFedora('app'));
  world.repositories.publish('openssl', '2.0');
  await world.run({ seed: 1, arriving: [aTag('openssl', '2.0', 'no advisory')] });
  expect(await buildsOf(world, 'app')).toEqual([]);
  world.repositories.listAdvisory('openssl', '2.0');
  world.aheadMs += 1000 * world.settings.repositoryInterval;
  await world.run({ seed: 1 });
  await expectSound(world);
  expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  const told = (await rowsOf(environment.store, 'nomination')).map((row) => row['reference']);
  expect(told.filter((reference) => reference === 'FEDORA-2026-openssl')).toHaveLength(1);
});

test('an image that was made on another manifest of its base is found by the reconciler', async () => {
  const world = await aWorldOn(both, onFedora('app'));
  await sql`update manifest set parent_digest = ${digestOfText('as it was before')} where image = 'app'`.execute(
    environment.store.db,
  );
  world.aheadMs += 1000 * world.settings.reconcileInterval;
  await world.run({ seed: 1 });
  await expectSound(world);
  expect(await buildsOf(world, 'app')).toEqual(['app-40-2 unchanged']);
});
