import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type DefinitionSource, readDefinitions } from '../../../src/definitions/read-definitions.ts';
import { commitAll, definitions, directory, git, gitTest, plant, withDirectory } from './fixture.ts';

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
