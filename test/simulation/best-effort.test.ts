/** Best-effort arches: the image goes on without them, says what they lack, and says it again while that lasts. */
import { expect, test } from '@jest/globals';
import { staleAgain } from '../../src/flows/ending/best-effort.ts';
import { rowsOf } from '../store/an-environment.ts';
import { inFlow, unsent } from '../store/flows/in-flow.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { expectSound } from './soundness.ts';
import { anUpdate, type World } from './world.ts';

const worlds = releasedWorlds(() => imagesWith({}));
const { begin } = worlds;

/** `base` may fail on aarch64; `app` upon it says nothing of it. */
const imagesWith = (base: { readonly source?: string; readonly label?: string }) => [
  anImage({ name: 'base', packages: ['openssl-libs'], bestEffort: ['aarch64'], smokeTest: false, ...base }),
  anImage({ name: 'app', parent: 'base', packages: ['curl'], smokeTest: false }),
];

const failing = (world: World, ...arches: readonly string[]) => {
  world.mishaps = ({ kind, image, arch }) =>
    kind === 'build' && image === 'base' && arches.includes(arch) ? 'source' : undefined;
};

const update = async (world: World, seed: number, version = '2.0') => {
  world.repositories.publish('openssl', version);
  await world.run({ seed, arriving: [anUpdate('openssl', version, { id: `update ${version}` })] });
};

const said = (world: World, topic: string): readonly Record<string, unknown>[] => {
  const bodies = world.published
    .filter(({ routingKey }) => routingKey === `${world.settings.topicPrefix}.${topic}`)
    .map(({ messageId, body }) => [messageId, JSON.parse(body.toString('utf8'))] as const);
  return [...new Map(bodies).values()];
};

const candidate = (world: World, nvr: string) =>
  said(world, 'flibs.image.candidate.ready').find((body) => body['nvr'] === nvr);

test('one that fails is carried forward with what it lacks named, and the image is released', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    failing(world, 'aarch64');
    await update(world, seed);
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    const stale = {
      arch: 'aarch64',
      carriedFrom: 'base-40-1',
      error: 'as the simulation wants it: source',
      lacks: [expect.stringMatching(/^openssl-libs.aarch64 .* -> 2.0-1.fc40 from openssl/)],
    };
    expect(candidate(world, 'base-40-2')).toMatchObject({
      arches: [{ arch: 'aarch64', carriedFrom: 'base-40-1' }, { arch: 'x86_64' }],
      stale: [stale],
    });
    const [alarm] = said(world, 'flibs.image.arch.stale');
    expect(alarm).toMatchObject({ nvr: 'base-40-2', ...stale, told: 1 });
  });
});

test('what stands upon it goes on without that arch too', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    failing(world, 'aarch64');
    await update(world, seed);
    expect(await buildsOf(world, 'app')).toEqual(['app-40-2 released']);
    expect(candidate(world, 'app-40-2')).toMatchObject({
      arches: [{ arch: 'aarch64', carriedFrom: 'app-40-1' }, { arch: 'x86_64' }],
      stale: [{ arch: 'aarch64', error: 'its parent failed', lacks: ['its parent base is rebuilt'] }],
    });
  });
});

test('of another source than the baseline it is left out', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    failing(world, 'aarch64');
    world.definitions = { ...world.definitions, images: imagesWith({ source: 'another', label: 'another' }) };
    await world.run({ seed });
    await expectSound(world);
    const ready = candidate(world, 'base-40-2');
    expect(ready).toMatchObject({ arches: [{ arch: 'x86_64' }], stale: [{ arch: 'aarch64' }] });
    expect(JSON.stringify(ready?.['stale'])).not.toContain('carriedFrom');
  });
});

test('a required arch that fails still ends the build', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    failing(world, 'x86_64');
    await update(world, seed);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 failed']);
  });
});

test('where nothing else was built either, the build has failed', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    failing(world, 'aarch64');
    world.repositories.publish('openssl', '2.0', ['aarch64']);
    await world.run({ seed, arriving: [anUpdate('openssl', '2.0', { id: 'an update' })] });
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 failed']);
  });
});

test('it is told again when a week has passed, and no more once it is built', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    failing(world, 'aarch64');
    await update(world, seed);
    await inFlow(world, (flow) => staleAgain(flow, 'base aarch64'));
    expect(await unsent(world, 'flibs.image.arch.stale')).toEqual([]);
    await inFlow(world, (flow) => staleAgain(flow, 'base aarch64'), 8 * 86_400);
    expect(await unsent(world, 'flibs.image.arch.stale')).toMatchObject([{ arch: 'aarch64', told: 2 }]);

    world.mishaps = () => undefined;
    await update(world, seed, '3.0');
    await expectFresh(world);
    expect(await rowsOf(worlds.environment.store, 'stale_arch')).toEqual([]);
    await inFlow(world, (flow) => staleAgain(flow, 'base aarch64'), 30 * 86_400);
    expect(await unsent(world, 'flibs.image.arch.stale')).toEqual([]);
  });
});
