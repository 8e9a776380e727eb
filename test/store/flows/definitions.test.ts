/** Definitions from a directory: what breaks leaves what was good in force, and says so. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { DistroRelease } from '../../../schemas/files/distro-release.ts';
import { ArtifactDigest } from '../../../schemas/ids.ts';
import { listImages } from '../../../src/api/queries/images.ts';
import { loaded } from '../../../src/flows/defining/definitions.ts';
import { loadDefinitions } from '../../../src/flows/defining/load-definitions.ts';
import type { RegistryPort } from '../../../src/flows/ports.ts';
import { digestOfText } from '../../simulation/fleet.ts';
import { aWorld, type World } from '../../simulation/world.ts';
import { anEnvironment, rowsOf, type TestEnvironment } from '../an-environment.ts';
import { emptyStore } from '../empty-store.ts';
import { inFlow, unsent } from './in-flow.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let path: string;
let world: World;
let pushed: string[];
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
beforeEach(async () => {
  await emptyStore(environment.store);
  world = aWorld(environment);
  pushed = [];
  path = await mkdtemp(join(tmpdir(), 'flibs-flows-'));
  await mkdir(join(path, 'keys'));
  await writeFile(join(path, 'keys', 'updates'), 'a key');
  await image('base', { packages: 'glibc' });
  await image('app', { parent: 'base', packages: 'curl' });
  await load();
});
afterEach(() => rm(path, { recursive: true, force: true }));
afterAll(() => close());

const image = async (
  name: string,
  { parent = 'scratch', packages }: { parent?: string; packages: string },
) => {
  await mkdir(join(path, 'images', name), { recursive: true });
  const yaml = `compose:\n  packages: [${packages}]\nflibs:\n  version: "40"\n  parent: ${parent}\n`;
  await writeFile(join(path, 'images', name, 'container.yaml'), yaml);
};

/** Takes a folder's archive, and holds nothing. */
const registry: RegistryPort['registry'] = (place) => ({
  repository: place,
  registry: {
    ...world.registry.registry(place).registry,
    pushArtifact: async (repository, { content }) => {
      pushed.push(repository);
      return ArtifactDigest.parse(digestOfText(content instanceof Uint8Array ? content.toString() : ''));
    },
  },
});

const load = async (): Promise<void> => {
  const release = DistroRelease.parse({
    name: 'F40',
    productVersion: 'fedora-40',
    releasever: '40',
    branch: 'f40',
    arches: ['x86_64'],
    repositories: [
      { id: 'updates', baseurl: 'http://repositories.test/', gpgkeys: [join(path, 'keys', 'updates')] },
    ],
  });
  const { settings } = world;
  const given = await loadDefinitions({
    source: { kind: 'directory', path: join(path, 'images') },
    distroReleases: [release],
    rules: [],
    policies: '',
    settings,
    store: environment.store,
    registry,
  });
  await inFlow(world, (flow) => loaded(flow, settings, given));
};

/** In force: `base: glibc`. */
const inForce = async (): Promise<readonly string[]> => {
  const rows = await environment.store.db
    .selectFrom('image')
    .select(['name', 'definition'])
    .where('to_revision', 'is', null)
    .orderBy('name')
    .execute();
  return rows.map(({ name, definition: { recipe } }) =>
    recipe.kind === 'packages' ? `${name}: ${recipe.packages.join(' ')}` : name,
  );
};

const problems = async () =>
  (await rowsOf(environment.store, 'definition_problem')).map(({ folder, problems: found }) => [
    folder,
    found,
  ]);

const revisions = async () => (await rowsOf(environment.store, 'definitions_revision')).length;

test('the first load brings all images, and nominates them', async () => {
  expect(await inForce()).toEqual(['app: curl', 'base: glibc']);
  expect(await unsent(world, 'flibs.content.nominated')).toMatchObject([{ images: ['app', 'base'] }]);
});

test('a load that finds nothing new makes no revision and pushes nothing', async () => {
  const before = [...pushed];
  await load();
  expect(await revisions()).toBe(1);
  expect(pushed).toEqual(before);
});

test('a load with one more folder writes that one, and nominates that one though nothing else was ever built', async () => {
  const before = await rowsOf(environment.store, 'image');
  await image('beside', { packages: 'musl' });
  await load();
  expect(await rowsOf(environment.store, 'image')).toEqual([
    ...before,
    expect.objectContaining({ name: 'beside' }),
  ]);
  expect((await unsent(world, 'flibs.content.nominated')).slice(1)).toMatchObject([{ images: ['beside'] }]);
});

test('a folder that breaks keeps its old definition while others change', async () => {
  await writeFile(join(path, 'images', 'app', 'container.yaml'), 'compose: [unclosed');
  await image('base', { packages: 'glibc, bash' });
  await load();
  expect(await inForce()).toEqual(['app: curl', 'base: glibc bash']);
  expect(await problems()).toEqual([['app', [expect.stringContaining('container.yaml')]]]);
  await image('app', { parent: 'base', packages: 'wget' });
  await load();
  expect(await inForce()).toEqual(['app: wget', 'base: glibc bash']);
  expect(await problems()).toEqual([]);
});

test('a circle keeps what was in force of its members, lets others change, and is named at each', async () => {
  await image('base', { parent: 'app', packages: 'glibc, bash' });
  await image('other', { packages: 'zsh' });
  await load();
  expect(await inForce()).toEqual(['app: curl', 'base: glibc', 'other: zsh']);
  expect(await problems()).toEqual([
    ['app', ['container.yaml:5: flibs.parent: built from itself: app -> base -> app']],
    ['base', ['container.yaml:5: flibs.parent: built from itself: base -> app -> base']],
  ]);
});

test('an image that names an unknown parent is refused alone, and nothing of it is pushed', async () => {
  pushed = [];
  await image('orphan', { parent: 'nosuch', packages: 'zsh' });
  await image('base', { packages: 'glibc, bash' });
  await load();
  expect(await inForce()).toEqual(['app: curl', 'base: glibc bash']);
  expect(pushed).toEqual([expect.stringContaining('base')]);
  expect(await problems()).toMatchObject([['orphan', [expect.stringContaining('its parent nosuch')]]]);
});

test('each image is listed with what refuses its newest definition', async () => {
  await image('base', { parent: 'nosuch', packages: 'glibc' });
  await load();
  const listed = await listImages(environment.store.db);
  expect(listed.map(({ name, problems: told }) => [name, told.join()])).toEqual([
    ['app', ''],
    ['base', expect.stringMatching(/^container.yaml:5: flibs.parent: its parent nosuch is not defined/)],
  ]);
});
