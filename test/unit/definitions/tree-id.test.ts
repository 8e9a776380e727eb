import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gitTreeId } from '../../../src/definitions/git-tree-id.ts';
import { readDefinitions } from '../../../src/definitions/read-definitions.ts';
import { commitAll, definitions, directory, git, gitTest, plant, withDirectory } from './fixture.ts';

describe('the tree id', () => {
  test('of known files is the one git gives them', () => {
    const entries = [
      { path: 'run.sh', mode: '100755' as const, content: Buffer.from('#!/bin/sh\n') },
      { path: 'a.b', mode: '100644' as const, content: Buffer.from('1') },
      { path: 'a/x', mode: '100644' as const, content: Buffer.from('2') },
      { path: 'l', mode: '120000' as const, content: Buffer.from('a/x') },
    ];
    expect(gitTreeId(entries)).toBe('27f30f5826f4021cb1d782367e2ef7fff4767736');
    expect(gitTreeId(entries.toReversed())).toBe(gitTreeId(entries));
    expect(gitTreeId([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });

  gitTest("of a directory equals git's, and a committed folder has its commit's time", async () => {
    await withDirectory(async (path) => {
      await git(path, ['init', '--quiet']);
      await plant(path, definitions);
      await commitAll(path, 1_600_000_000);
      await writeFile(join(path, 'base/more'), 'x');
      await commitAll(path, 1_650_000_000);
      const { folders } = await readDefinitions(directory(path));
      for (const { name, treeId } of folders)
        expect(treeId).toBe(await git(path, ['rev-parse', `HEAD:${name}`]));
      expect(folders.map(({ sourceTime }) => sourceTime)).toEqual([1_600_000_000, 1_650_000_000]);

      await writeFile(join(path, 'app/Dockerfile'), 'FROM other\n');
      const [app] = (await readDefinitions(directory(path))).folders;
      expect(app?.sourceTime).toBeGreaterThan(1_700_000_000);
    });
  });

  gitTest("of any files equals git's", async () => {
    const name = fc.constantFrom('a', 'b', 'a.b', 'a-b', 'a0', 'ä', 'A', 'z z');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const planted = fc.oneof(
      fc.string(),
      fc.string().map((executable) => ({ executable })),
      fc.constant({ link: 'a' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(path, planted, { minKeys: 1, maxKeys: 8 }), async (files) => {
        // A path cannot be both a file and a directory.
        const paths = Object.keys(files).filter(
          (one) => !Object.keys(files).some((other) => other.startsWith(`${one}/`)),
        );
        await withDirectory(async (root) => {
          await plant(root, { 'i/Containerfile': 'FROM scratch' });
          await plant(join(root, 'i'), Object.fromEntries(paths.map((one) => [one, files[one] ?? ''])));
          await git(root, ['init', '--quiet']);
          await git(root, ['add', '--all', '--force']);
          const tree = await git(root, ['write-tree', '--prefix=i/']);
          expect((await readDefinitions(directory(root))).folders[0]?.treeId).toBe(tree);
        });
      }),
      { numRuns: 15 },
    );
  });
});
