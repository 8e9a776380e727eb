import { truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readDefinitions } from '../../../src/definitions/read-definitions.ts';
import { definitions, directory, plant, withDirectory } from './fixture.ts';

describe('a directory', () => {
  test('gives the folders that hold a definition, with their files', async () => {
    await withDirectory(async (path) => {
      await plant(path, definitions);
      const { folders, refused } = await readDefinitions(directory(path));
      expect(refused).toEqual([]);
      expect(folders.map(({ name }) => name)).toEqual(['app', 'base']);
      expect(folders.map(({ files }) => files)).toMatchObject([
        {
          name: 'app',
          containerfile: 'FROM base\n',
          containerfilePath: 'Dockerfile',
          containerYaml: undefined,
        },
        { name: 'base', containerYaml: 'flibs: {version: 1}\n', gatingYaml: '--- !Policy\nrules: []\n' },
      ]);
    });
  });

  test('has the time of its newest file', async () => {
    await withDirectory(async (path) => {
      await plant(path, { 'a/Containerfile': 'FROM scratch', 'a/b/c': '' });
      await utimes(join(path, 'a/Containerfile'), 1000, 1000);
      await utimes(join(path, 'a/b/c'), 2000, 2000);
      const { folders } = await readDefinitions(directory(path));
      expect(folders.map(({ sourceTime }) => sourceTime)).toEqual([2000]);
    });
  });

  test('reads a Dockerfile that is a link to the Containerfile', async () => {
    await withDirectory(async (path) => {
      await plant(path, { 'a/Dockerfile': { link: 'build/file' }, 'a/build/file': 'FROM scratch' });
      const { folders } = await readDefinitions(directory(path));
      expect(folders[0]?.files.containerfile).toBe('FROM scratch');
    });
  });

  test.each(['/etc/passwd', '../../outside', 'sub/../../..', '../app/../../x'])(
    'with a link to %s is refused, others are not',
    async (link) => {
      await withDirectory(async (path) => {
        await plant(path, {
          'good/Containerfile': 'FROM scratch',
          'bad/Containerfile': 'FROM scratch',
          'bad/sub/link': { link },
        });
        const { folders, refused } = await readDefinitions(directory(path));
        expect(folders.map(({ name }) => name)).toEqual(['good']);
        expect(refused).toMatchObject([{ name: 'bad', problem: expect.stringContaining('"sub/link" ->') }]);
      });
    },
  );

  test('with a name that holds a newline is refused', async () => {
    await withDirectory(async (path) => {
      await plant(path, { 'bad/Containerfile': 'FROM scratch', 'bad/a\nb': '' });
      const { refused } = await readDefinitions(directory(path));
      expect(refused).toMatchObject([{ name: 'bad', problem: '"a\\nb" holds control characters' }]);
    });
  });

  test('of more than 64 MiB is refused before it is read', async () => {
    await withDirectory(async (path) => {
      await plant(path, { 'big/Containerfile': 'FROM scratch', 'big/file': '' });
      await truncate(join(path, 'big/file'), 65 * 1024 * 1024);
      const { refused } = await readDefinitions(directory(path));
      expect(refused[0]?.problem).toContain('at most 67108864 are taken');
    });
  });

  test('whose Containerfile is no text is refused', async () => {
    await withDirectory(async (path) => {
      await plant(path, { 'a/x': '' });
      await writeFile(join(path, 'a/Containerfile'), Buffer.from([0xff, 0xfe]));
      const { refused } = await readDefinitions(directory(path));
      expect(refused).toEqual([{ name: 'a', problem: 'Containerfile is not UTF-8' }]);
    });
  });

  test('that is not there is an error that names it', async () => {
    await expect(readDefinitions(directory('/nonexistent/definitions'))).rejects.toThrow(
      'the directory of image definitions /nonexistent/definitions cannot be read',
    );
  });

  test('that changes between reading and archiving is told', async () => {
    await withDirectory(async (path) => {
      await plant(path, { 'a/Containerfile': 'FROM scratch' });
      const { folders } = await readDefinitions(directory(path));
      await writeFile(join(path, 'a/Containerfile'), 'FROM other');
      await expect(folders[0]?.archive()).rejects.toThrow('a changed since it was read');
    });
  });

  test('gives the same archive wherever it lies', async () => {
    const archiveAt = (path: string) =>
      withDirectory(async (root) => {
        await plant(join(root, path), {
          'app/Containerfile': 'FROM base\n',
          'app/sub/run.sh': { executable: 'x' },
        });
        for (const file of ['Containerfile', 'sub/run.sh'])
          await utimes(join(root, path, 'app', file), 5000, 5000);
        return (await readDefinitions(directory(join(root, path)))).folders[0]?.archive();
      });
    expect(await archiveAt('one')).toEqual(await archiveAt('two/three'));
  });
});
