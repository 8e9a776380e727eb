import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readLocalToken, removeLocalToken, writeLocalToken } from '../../../src/api/local-token.ts';
import { newTokenText } from '../../../src/runtime/token-text.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-token-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('api.token', () => {
  test('is for its owner alone, also where one lay that others could read', async () => {
    await writeFile(join(directory, 'api.token'), 'old');
    await chmod(join(directory, 'api.token'), 0o644);
    const token = newTokenText();
    await writeLocalToken(directory, token);
    expect(await readLocalToken(directory)).toBe(token);
    expect((await stat(join(directory, 'api.token'))).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['api.token']);
  });

  test('is removed by its writer only', async () => {
    const [first, second] = [newTokenText(), newTokenText()];
    await writeLocalToken(directory, first);
    await writeLocalToken(directory, second);
    await removeLocalToken(directory, first);
    expect(await readLocalToken(directory)).toBe(second);
    await removeLocalToken(directory, second);
    expect(await readLocalToken(directory)).toBeUndefined();
  });

  test('that holds something else is none', async () => {
    await writeFile(join(directory, 'api.token'), 'hunter2\n');
    expect(await readLocalToken(directory)).toBeUndefined();
  });
});
