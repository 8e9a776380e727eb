/** Images that are a module, and images that consume one, built by dnf from a repository with modules. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import type { Rpm } from '../../schemas/content.ts';
import type { Builder } from '../../src/building/builder.ts';
import { labelOf, newGreeter, oldGreeter } from '../../src/cli/demo/example-module.ts';
import { aWorkbench, type Done, packagesRecipe, type Workbench } from './workbench.ts';

const arch = 'aarch64';
let bench: Workbench;
let builder: Builder;
beforeAll(async () => {
  bench = await aWorkbench([arch]);
  builder = await bench.openBuilder();
});
afterAll(() => bench.close());

const moduleRecipe = (module: string, ...profiles: string[]) => ({
  recipe: { kind: 'module' as const, module, profiles },
});
const built = (order: Partial<BuildCommand>): Promise<Done> =>
  bench.build(builder, bench.order('greeter', arch, order));
const greeterIn = ({ built: { contentList } }: Done): Partial<Rpm> | undefined =>
  contentList.rpms.find(({ name }) => name === 'greeter');

test('a module is installed by its default profile, its packages carry its label, and a newer build is taken', async () => {
  const before = await built(moduleRecipe('greeter:1'));
  expect(greeterIn(before)).toMatchObject({ version: '1.0', module: labelOf(oldGreeter) });
  expect(before.built.contentList.rpms.find(({ name }) => name === 'busybox')).not.toHaveProperty('module');
  await bench.addNewerGreeter();
  expect(greeterIn(await built(moduleRecipe('greeter:1')))).toMatchObject({
    version: '1.1',
    module: labelOf(newGreeter),
  });
});

test('a named profile is installed', async () => {
  expect(greeterIn(await built(moduleRecipe('greeter:1', 'default')))).toBeDefined();
});

test('the same module build gives the same content id', async () => {
  const [a, b] = [await built(moduleRecipe('greeter:1')), await built(moduleRecipe('greeter:1'))];
  expect(a.built.contentId).toBe(b.built.contentId);
});

test('an image that lists a module among its packages gets it with its label', async () => {
  expect(greeterIn(await built(packagesRecipe('busybox', '@greeter:1')))).toMatchObject({
    module: expect.stringMatching(/^greeter:1:/),
  });
});

test.each([
  ['stream', 'greeter:2', []],
  ['profile', 'greeter:1', ['absent']],
])('a %s that no repository lists fails, as the fault of the source', async (_, module, profiles) => {
  await expect(built(moduleRecipe(module, ...profiles))).rejects.toMatchObject({ failureClass: 'source' });
});
