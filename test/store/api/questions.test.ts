import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Inventory } from '../../../schemas/files/inventory.ts';
import { anApi } from './an-api.ts';

let api: Awaited<ReturnType<typeof anApi>>;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const get = (path: string): Promise<unknown> => api.get(path);

test('the inventory is one JSON document', async () => {
  const { images } = Inventory.parse(await get('inventory'));
  expect(images.map(({ name }) => name)).toEqual(['base', 'standalone', 'webd']);
});

test('why-not is asked of an image and a source', async () => {
  expect(await get('why-not/standalone/openssl')).toMatchObject({
    image: 'standalone',
    arches: [{ arch: 'x86_64', planned: false }, { arch: 'aarch64' }],
  });
});
