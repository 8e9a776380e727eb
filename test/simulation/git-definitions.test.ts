/** Definitions in a real git repository, pushed to with git: what a push changes is rebuilt, and nothing else. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { definitionsLoader } from '../../consumers/definitions-loader.ts';
import { sourceChanged } from '../../consumers/source-changed.ts';
import { DistroRelease } from '../../schemas/files/distro-release.ts';
import { waitingThings } from '../../src/api/queries/waiting.ts';
import type { Outgoing } from '../../src/bus/port.ts';
import { loadDefinitions } from '../../src/flows/defining/load-definitions.ts';
import type { RegistryPort } from '../../src/flows/ports.ts';
import { runNextJob } from '../../src/runtime/effects.ts';
import { openReceiver } from '../../src/runtime/receive.ts';
import { anEnvironment, rowsOf, type TestEnvironment } from '../store/an-environment.ts';
import { emptyStore } from '../store/empty-store.ts';
import { commitAll, git, plant } from '../unit/definitions/fixture.ts';
import { buildsOf } from './every-seed.ts';
import { release, settings } from './fleet.ts';
import { expectSound } from './soundness.ts';
import { aPush, aWorld, type World } from './world.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let path: string;
let world: World;

const place = () => ({ url: join(path, 'container', 'images.git'), branch: 'main' });
const work = () => join(path, 'work');

const anImage = (packages: string, parent = 'scratch') =>
  `compose:\n  packages: [${packages}]\nflibs:\n  version: "40"\n  parent: ${parent}\n`;

beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
afterAll(() => close());

/** `base` with `app` upon it and `lonely` beside them, in a bare repository; all three are released. */
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'flibs-git-'));
  await mkdir(place().url, { recursive: true });
  await git(place().url, ['init', '--quiet', '--bare', '--initial-branch', 'main']);
  await git(path, ['init', '--quiet', '--initial-branch', 'main', 'work']);
  await writeFile(join(path, 'key'), 'a key');
  await push({
    'base/container.yaml': anImage('glibc'),
    'app/container.yaml': anImage('curl', 'base'),
    'lonely/container.yaml': anImage('musl'),
  });
  await emptyStore(environment.store);
  world = aWorld(environment, { settings: { ...settings, definitions: place() } });
  world.loadDefinitions = () =>
    loadDefinitions({
      source: { kind: 'git', ...place(), workdir: join(path, 'fetched') },
      distroReleases: [distroRelease()],
      rules: [],
      policies: '',
      settings: world.settings,
      store: environment.store,
      registry,
    });
  await world.run({ seed: 0 });
});
afterEach(() => rm(path, { recursive: true, force: true }));

const distroRelease = () =>
  DistroRelease.parse({
    ...release,
    repositories: release.repositories.map((repository) => ({
      ...repository,
      gpgkeys: [join(path, 'key')],
    })),
  });

/** Takes folders' archives as well. */
const registry: RegistryPort['registry'] = (place) => ({
  repository: place,
  registry: {
    ...world.registry.registry(place).registry,
    pushArtifact: async (repository, { content }) => world.registry.putArtifact(repository, String(content)),
  },
});

const push = async (files: Readonly<Record<string, string>>, ...how: string[]): Promise<string> => {
  await plant(work(), files);
  await commitAll(work());
  await git(work(), ['push', '--quiet', ...how, place().url, 'main']);
  return git(work(), ['rev-parse', 'HEAD']);
};

/** The message comes: how many loads follow. No process starts, which would read the definitions by itself. */
const hears = async (...messages: readonly Outgoing[]): Promise<number> => {
  const now = { ...environment, clock: { aheadMs: world.aheadMs } };
  const receiver = openReceiver(sourceChanged(world.settings), now);
  await receiver.refreshKnowledge();
  for (const message of messages) await receiver.receive({ ...message, redelivered: false }, false);
  return loads();
};

/** Until none is due. */
const loads = async (): Promise<number> => {
  const ports = { loadDefinitions: world.loadDefinitions };
  const now = { ...environment, ports, clock: { aheadMs: world.aheadMs } };
  const effects = definitionsLoader(world.settings).effects ?? [];
  for (let count = 0; ; count += 1) if (!(await runNextJob(effects, now))) return count;
};

const aPushOf = (commit: Parameters<typeof aPush>[1]) =>
  aPush(commit?.rev ?? 'a push', { repo: 'images', branch: 'main', ...commit });

const nominated = async () =>
  (await environment.store.db.selectFrom('nomination').select(['body', 'reference', 'topic']).execute())
    .slice(1)
    .map(({ body, reference, topic }) => ({
      images: 'images' in body ? body.images : [],
      reference,
      topic,
    }));

const builds = async () => ({
  base: await buildsOf(world, 'base'),
  app: await buildsOf(world, 'app'),
  lonely: await buildsOf(world, 'lonely'),
});
test('a commit in the folder of one image nominates that image, and it is rebuilt with what stands on it', async () => {
  const rev = await push({ 'base/container.yaml': anImage('glibc, python3'), README: 'and more' });
  await hears(aPushOf({ rev }));
  expect(await nominated()).toEqual([
    {
      images: ['base'],
      reference: `definitions, revision 2, commit ${rev.slice(0, 12)}`,
      topic: 'org.fedoraproject.prod.git.receive',
    },
  ]);
  await world.run({ seed: 1 });
  await expectSound(world);
  expect(await builds()).toEqual({ base: ['base-40-2 released'], app: ['app-40-2 released'], lonely: [] });
});

test('a commit that touches no folder of an image nominates nothing', async () => {
  const rev = await push({ README: 'a page', 'tools/run.sh': 'true' });
  expect(await hears(aPushOf({ rev }))).toBe(1);
  expect(await nominated()).toEqual([]);
  expect(await rowsOf(environment.store, 'definitions_revision')).toHaveLength(1);
});

test('three commits in one push, each with its message, are one load and one nomination', async () => {
  const messages: Outgoing[] = [];
  for (const file of ['app/one', 'app/two', 'app/three']) {
    messages.push(aPushOf({ rev: await push({ [file]: 'x' }) }));
  }
  expect(await hears(...messages)).toBe(1);
  expect(await nominated()).toMatchObject([{ images: ['app'] }]);
});

test.each([{ repo: 'web' }, { branch: 'f40' }])(
  'a push elsewhere, %j, is no reason to look',
  async (elsewhere) => {
    await push({ 'base/container.yaml': anImage('glibc, python3') });
    expect(await hears(aPushOf(elsewhere))).toBe(0);
    world.aheadMs += 1000 * world.settings.definitionsInterval;
    expect(await loads()).toBe(1);
    expect(await nominated()).toMatchObject([{ images: ['base'] }]);
  },
);

test('a branch whose history was rewritten is followed, tree by tree', async () => {
  await plant(work(), { 'lonely/container.yaml': anImage('musl, python3') });
  await git(work(), ['add', '--all']);
  await git(work(), ['commit', '--quiet', '--amend', '--message', 'as if it had always been so']);
  await git(work(), ['push', '--quiet', '--force', place().url, 'main']);
  expect(await hears(aPushOf({}))).toBe(1);
  expect(await nominated()).toMatchObject([{ images: ['lonely'] }]);
});

test('a branch that is gone leaves the old definitions in force and is told of; back again, it counts', async () => {
  const inForce = async () =>
    (await rowsOf(environment.store, 'image')).filter((row) => row['to_revision'] === null);
  const before = await inForce();
  await git(place().url, ['update-ref', '-d', 'refs/heads/main']);
  await hears(aPushOf({}));
  expect(await inForce()).toEqual(before);
  expect(await waitingThings(environment.store.db)).toEqual([
    expect.objectContaining({
      what: 'job load-definitions definitions',
      reason: expect.stringMatching(
        /^branch main of .*images.git cannot be fetched, so what was read of it last stays in force.*couldn't find remote ref/,
      ),
    }),
  ]);
  await hears(aPushOf({ rev: await push({ 'lonely/container.yaml': anImage('musl, python3') }) }));
  expect(await nominated()).toMatchObject([{ images: ['lonely'] }]);
  expect(await waitingThings(environment.store.db)).toEqual([]);
});
