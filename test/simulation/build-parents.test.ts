/** An image that takes files from another: it waits for that one where both are built, and follows it where it says so. */
import { expect, test } from '@jest/globals';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { cancelBuild } from '../../src/flows/asking/by-hand.ts';
import { retryBuild } from '../../src/flows/ending/retry-build.ts';
import { inFlow } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { expectSound } from './soundness.ts';
import { anUpdate, type World } from './world.ts';

const { begin } = releasedWorlds(() => imagesWith({}));

const few = { to: 1 };

/** `app` and `still` take files from `tool`, and share nothing else with it; only `app` follows it. */
const imagesWith = (tool: { readonly source?: string }) => [
  anImage({ name: 'lonely', packages: ['musl'], smokeTest: false }),
  anImage({ name: 'tool', packages: ['openssl-libs'], smokeTest: false, ...tool }),
  anImage({
    name: 'app',
    parent: 'lonely',
    takesFrom: 'tool',
    followsBuildParents: true,
    packages: ['musl'],
    smokeTest: false,
  }),
  anImage({ name: 'still', parent: 'lonely', takesFrom: 'tool', packages: ['musl'], smokeTest: false }),
];

const update = async (world: World, seed: number) => {
  world.repositories.publish('openssl', '2.0');
  await world.run({ seed, arriving: [anUpdate('openssl', '2.0', { id: 'an update' })] });
};

/** What each build command of an image took files from, by arch and release number. */
const takenBy = (world: World, image: string): readonly string[] =>
  world.workers.built
    .filter((command) => command.image === image)
    .map((command) => `${command.nvr}.${command.arch} ${toolOf(command)}`)
    .sort();

const toolOf = ({ parents }: BuildCommand) =>
  parents.find(({ edge }) => edge === 'build-only')?.manifestDigest;

const manifestsOf = async (world: World, nvr: string): Promise<Readonly<Record<string, string>>> => {
  const rows = await world.environment.store.db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['arch_build.arch', 'arch_build.manifest_digest'])
    .where('build.nvr', '=', nvr)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.arch, row.manifest_digest ?? '']));
};

const stateOf = async (world: World, image: string, number: number): Promise<readonly string[]> => {
  const rows = await world.environment.store.db
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['arch_build.arch', 'arch_build.state'])
    .where('build.nvr', '=', `${image}-40-${number}`)
    .orderBy('arch_build.arch')
    .execute();
  return rows.map(({ arch, state }) => `${arch} ${state}`);
};

test('what is planned with it is built with its new files, on each arch as soon as that arch is there', async () => {
  await everySeed(few, begin, async (world, seed) => {
    await update(world, seed);
    await expectFresh(world);
    const tool = await manifestsOf(world, 'tool-40-2');
    expect(takenBy(world, 'app').filter((line) => line.startsWith('app-40-2.'))).toEqual([
      `app-40-2.aarch64 ${tool['aarch64']}`,
      `app-40-2.x86_64 ${tool['x86_64']}`,
    ]);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  });
});

test('one that does not say it follows is left alone', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    await update(world, seed);
    expect(await buildsOf(world, 'still')).toEqual([]);
  });
});

test('one that turns out unchanged leaves what followed it unchanged, and nothing of it is built', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.definitions = { ...world.definitions, images: imagesWith({ source: 'another' }) };
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'tool')).toEqual(['tool-40-2 unchanged']);
    expect(await stateOf(world, 'app', 2)).toEqual(['aarch64 unchanged', 'x86_64 unchanged']);
    expect(takenBy(world, 'app').filter((line) => line.startsWith('app-40-2.'))).toEqual([]);
  });
});

test('what missed the last change of its files is built with them, though what it follows turns out unchanged', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.mishaps = ({ kind, image }) => (kind === 'build' && image === 'app' ? 'source' : undefined);
    await update(world, seed);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 failed']);
    world.mishaps = () => undefined;
    world.definitions = { ...world.definitions, images: imagesWith({ source: 'another' }) };
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'tool')).toEqual(['tool-40-2 released', 'tool-40-3 unchanged']);
    const tool = await manifestsOf(world, 'tool-40-2');
    expect(takenBy(world, 'app').filter((line) => line.startsWith('app-40-3.'))).toEqual([
      `app-40-3.aarch64 ${tool['aarch64']}`,
      `app-40-3.x86_64 ${tool['x86_64']}`,
    ]);
  });
});

test('where one fails for good, what takes files from it waits for a person to try it again', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.mishaps = ({ kind, image, arch }) =>
      kind === 'build' && image === 'tool' && arch === 'aarch64' ? 'source' : undefined;
    await update(world, seed);
    await expectSound(world);
    expect(await stateOf(world, 'app', 2)).toEqual(['aarch64 parent_failed', 'x86_64 succeeded']);
    world.mishaps = () => undefined;
    await inFlow(world, (flow) => retryBuild(flow, 'tool-40-2'));
    await world.run({ seed });
    await expectFresh(world);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
  });
});

test('where both parents fail, it waits for the second one too', async () => {
  await everySeed(few, begin, async (world, seed) => {
    world.repositories.publish('musl', '2.0');
    world.mishaps = ({ kind, image, arch }) =>
      kind === 'build' && (image === 'tool' || image === 'lonely') && arch === 'x86_64'
        ? 'source'
        : undefined;
    await update(world, seed);
    world.mishaps = () => undefined;
    await inFlow(world, (flow) => retryBuild(flow, 'lonely-40-2'));
    await world.run({ seed });
    await expectSound(world);
    expect(await stateOf(world, 'app', 2)).toEqual(['aarch64 succeeded', 'x86_64 parent_failed']);
    await inFlow(world, (flow) => retryBuild(flow, 'tool-40-2'));
    await world.run({ seed });
    await expectFresh(world);
  });
});

test('where a person cancels it, what takes files from it is built with those of the baseline', async () => {
  await everySeed(few, begin, async (world, seed) => {
    const before = await manifestsOf(world, 'tool-40-1');
    world.meanwhile = async ({ kind, image }) => {
      if (kind === 'build' && image === 'tool') {
        world.meanwhile = async () => [];
        await inFlow(world, (flow) => cancelBuild(flow, world.settings, 'tool-40-2'));
      }
      return [];
    };
    await update(world, seed);
    await expectSound(world);
    expect(await buildsOf(world, 'tool')).toEqual(['tool-40-2 cancelled']);
    expect(takenBy(world, 'app').filter((line) => line.startsWith('app-40-2.'))).toEqual([
      `app-40-2.aarch64 ${before['aarch64']}`,
      `app-40-2.x86_64 ${before['x86_64']}`,
    ]);
  });
});
