import { mkdir, rename, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gitTreeId } from '../../../src/definitions/git-tree-id.ts';
import { type DefinitionSource, readDefinitions } from '../../../src/definitions/read-definitions.ts';
import { commitAll, git, hasGit, plant, withDirectory } from './fixture.ts';

const gitTest = hasGit ? test : test.skip;

const definitions = {
  'base/container.yaml': 'flibs: {version: 1}\n',
  'base/gating.yaml': '--- !Policy\nrules: []\n',
  'app/Dockerfile': 'FROM base\n',
  'app/sub/run.sh': { executable: '#!/bin/sh\n' },
  'app/sub.d/x': 'sorts between sub and its files',
  'app/sub0': 'sorts after',
  'app/ünïcode/file': '',
  'app/link': { link: 'sub/run.sh' },
  'app/sub/up': { link: '../Dockerfile' },
  'app/.gitignore': 'nothing-here\n',
  'notes/README': 'no definition\n',
  '.hidden/Containerfile': 'FROM scratch\n',
} as const;

const directory = (path: string): DefinitionSource => ({ kind: 'directory', path });

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

describe('a git branch', () => {
  const repository = async (path: string) => {
    await git(path, ['init', '--quiet', '--initial-branch', 'f40']);
    await plant(
      path,
      Object.fromEntries(
        Object.entries(definitions).map(([file, planted]) => [`containers/${file}`, planted]),
      ),
    );
    await commitAll(path, 1_600_000_000);
    return path;
  };
  const source = (
    url: string,
    workdir: string,
    more: { branch?: string; path?: string } = {},
  ): DefinitionSource => ({
    kind: 'git',
    url,
    branch: 'f40',
    path: 'containers',
    workdir: join(workdir, 'clone'),
    ...more,
  });

  gitTest('gives the same folders and archives as the directory it was committed from', async () => {
    await withDirectory(async (origin) =>
      withDirectory(async (work) => {
        await repository(origin);
        const there = await readDefinitions(directory(join(origin, 'containers')));
        const here = await readDefinitions(source(origin, work));
        expect(here.commit).toBe(await git(origin, ['rev-parse', 'HEAD']));
        expect(here.folders.map(({ archive, ...folder }) => folder)).toEqual(
          there.folders.map(({ archive, ...folder }) => folder),
        );
        const archives = (of: typeof here) => Promise.all(of.folders.map(({ archive }) => archive()));
        expect(await archives(here)).toEqual(await archives(there));
      }),
    );
  });

  gitTest('is followed, also where its history was rewritten', async () => {
    await withDirectory(async (origin) =>
      withDirectory(async (work) => {
        await repository(origin);
        const before = await readDefinitions(source(`file://${origin}`, work));
        await rename(join(origin, 'containers/app'), join(origin, 'containers/web'));
        await git(origin, ['add', '--all']);
        await git(origin, ['commit', '--quiet', '--amend', '--message', 'y'], 1_660_000_000);
        const after = await readDefinitions(source(`file://${origin}`, work));
        expect(before.folders.map(({ name }) => name)).toEqual(['app', 'base']);
        expect(after.folders.map(({ name, sourceTime }) => `${name} ${sourceTime}`)).toEqual([
          'base 1660000000',
          'web 1660000000',
        ]);
        await expect(before.folders[0]?.archive()).resolves.toBeInstanceOf(Buffer);
      }),
    );
  });

  gitTest('takes the bytes as committed, whatever attributes ask for', async () => {
    await withDirectory(async (origin) =>
      withDirectory(async (work) => {
        await repository(origin);
        await plant(origin, {
          '.gitattributes': '* text eol=crlf ident\n',
          'containers/app/Containerfile': 'FROM a\n# $Id$\n',
        });
        await commitAll(origin);
        const [app] = (await readDefinitions(source(origin, work))).folders;
        expect(app?.files.containerfile).toBe('FROM a\n# $Id$\n');
      }),
    );
  });

  gitTest('refuses a link that leads out, and keeps the rest', async () => {
    await withDirectory(async (origin) =>
      withDirectory(async (work) => {
        await repository(origin);
        await symlink('../../../etc/passwd', join(origin, 'containers/app/bad'));
        await commitAll(origin);
        const { folders, refused } = await readDefinitions(source(origin, work));
        expect(folders.map(({ name }) => name)).toEqual(['base']);
        expect(refused).toMatchObject([
          { name: 'app', problem: expect.stringContaining('leads out of the folder') },
        ]);
      }),
    );
  });

  gitTest('that is not there is an error that says what git said', async () => {
    await withDirectory(async (work) => {
      await mkdir(join(work, 'empty'));
      await expect(readDefinitions(source(join(work, 'empty'), work))).rejects.toThrow(
        'git fetch failed: fatal',
      );
    });
  });

  test.each([
    ['--upload-pack=touch /tmp/x', 'f40', 'a'],
    ['ext::sh -c id', 'f40', 'a'],
    ['https://-oProxyCommand=x/a', 'f40', 'a'],
    ['/repo', '--upload-pack=x', 'a'],
    ['/repo', 'a..b', 'a'],
    ['/repo', 'f40', '../x'],
    ['/repo', 'f40', '/etc'],
    ['https://user:secret@example.com/a b', 'f40', 'a'],
  ])('git is not called for url %j, branch %j, path %j', async (url, branch, path) => {
    const read = readDefinitions({ kind: 'git', url, branch, path, workdir: '/nonexistent/never-made' });
    await expect(read).rejects.toThrow(/is no |path of the definitions/);
    await expect(read).rejects.not.toThrow('secret');
  });
});
