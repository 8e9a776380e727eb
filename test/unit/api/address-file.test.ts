import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAddress, removeAddress, writeAddress } from '../../../src/api/address-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-address-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('api.json', () => {
  test('says where the API is and whose it is', async () => {
    await writeAddress(directory, 'http://127.0.0.1:4000');
    expect(await readAddress(directory)).toEqual({ url: 'http://127.0.0.1:4000', pid: process.pid });
    expect(await readdir(directory)).toEqual(['api.json']);
  });

  test('is written where nothing has made the data directory yet', async () => {
    const absent = join(directory, 'absent');
    await writeAddress(absent, 'http://127.0.0.1:4000');
    expect(await readAddress(absent)).toMatchObject({ url: 'http://127.0.0.1:4000' });
  });

  test('is removed by its writer only', async () => {
    await writeAddress(directory, 'http://127.0.0.1:4000');
    await removeAddress(directory);
    expect(await readAddress(directory)).toBeUndefined();
    const others = JSON.stringify({ url: 'http://127.0.0.1:5000', pid: process.pid + 1 });
    await writeFile(join(directory, 'api.json'), others);
    await removeAddress(directory);
    expect(await readFile(join(directory, 'api.json'), 'utf8')).toBe(others);
  });

  test.each(['', '[]', '{"url": "javascript:1", "pid": 1}', '{"url": 3}'])(
    '%j is no address',
    async (text) => {
      await writeFile(join(directory, 'api.json'), text);
      expect(await readAddress(directory)).toBeUndefined();
    },
  );
});
