import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  aRepository,
  bash,
  packageXml,
  primaryXml,
  type RepositoryFiles,
  readAll,
  stateOf,
} from './a-repository.ts';

describe('a directory as a repository', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flibs-repos-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (files: RepositoryFiles) => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content ?? '');
    }
  };

  test('is read like one behind a server, and is unchanged as long as repomd.xml is', async () => {
    await write(aRepository(primaryXml(packageXml())));
    const first = await readAll(pathToFileURL(folder).href);
    expect(first.rpms).toEqual([bash]);
    expect((await readAll(pathToFileURL(folder).href, stateOf(first))).reading).toEqual({ unchanged: true });
  });

  test('that is not there is unreachable', async () => {
    await expect(readAll(pathToFileURL(join(folder, 'nowhere')).href)).rejects.toMatchObject({
      failure: 'unreachable',
    });
  });

  test('that has a directory in place of a file is unreachable', async () => {
    await mkdir(join(folder, 'repodata/repomd.xml'), { recursive: true });
    await expect(readAll(pathToFileURL(folder).href)).rejects.toMatchObject({ failure: 'unreachable' });
  });
});
