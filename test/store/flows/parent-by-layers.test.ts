/** Whose image another stands on, told by the layers that they share. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Arch, ContentId, Digest, ManifestDigest } from '../../../schemas/ids.ts';
import { chainIdsOf } from '../../../src/content/chain-ids.ts';
import { parentByLayers, writeManifest } from '../../../src/flows/contents/manifests.ts';
import { digestOfText } from '../../simulation/fleet.ts';
import { aWorld, type World } from '../../simulation/world.ts';
import { anEnvironment, type TestEnvironment } from '../an-environment.ts';
import { emptyStore } from '../empty-store.ts';
import { inFlow } from './in-flow.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let world: World;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
beforeEach(async () => {
  await emptyStore(environment.store);
  world = aWorld(environment);
});
afterAll(() => close());

const chainOf = (layers: string) => chainIdsOf([...layers].map((layer) => Digest.parse(digestOfText(layer))));

/** Each letter is a layer, lowest first. */
const know = (
  image: string,
  layers: string,
  { arch = 'x86_64', at = 0 }: { arch?: Arch; at?: number } = {},
) =>
  inFlow(
    world,
    (flow) =>
      writeManifest(flow, {
        digest: ManifestDigest.parse(digestOfText(`${image} ${layers} ${arch}`)),
        parent: undefined,
        image,
        arch,
        contentId: ContentId.parse(digestOfText(image)),
        contentList: undefined,
        chainId: chainOf(layers).at(-1),
        rpms: [],
      }),
    at,
  );

const parentOf = async (image: string, layers: string) => {
  const found = await environment.store.transaction((tx) =>
    parentByLayers({ tx }, { image, arch: 'x86_64', chainIds: chainOf(layers) }),
  );
  return found && { parent: found.digest, layers: found.layers };
};
const isOn = (image: string, layers: string) => ({
  parent: digestOfText(`${image} ${layers} x86_64`),
  layers: layers.length,
});

test('the known image with the most of the lowest layers is the parent', async () => {
  await know('base', 'a');
  await know('runtime', 'ab');
  await know('other', 'ax');
  expect(await parentOf('app', 'abc')).toEqual(isOn('runtime', 'ab'));
});

test('an image of other layers, or of more, is none', async () => {
  await know('above', 'abcd');
  await know('beside', 'ba');
  expect(await parentOf('app', 'abc')).toBeUndefined();
});

test('an image that adds no layer stands on the one whose layers it has', async () => {
  await know('base', 'ab');
  expect(await parentOf('labelled', 'ab')).toEqual(isOn('base', 'ab'));
});

test('an earlier version of the image is no parent of it', async () => {
  await know('app', 'ab');
  expect(await parentOf('app', 'abc')).toBeUndefined();
});

test('an image of another architecture is none, even with the same layers', async () => {
  await know('base', 'a', { arch: 'aarch64' });
  expect(await parentOf('app', 'ab')).toBeUndefined();
});

test('of two with the same layers the newest is taken', async () => {
  await know('old', 'a');
  await know('new', 'a', { at: 60 });
  expect(await parentOf('app', 'ab')).toEqual(isOn('new', 'a'));
});
