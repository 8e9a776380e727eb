/** Directories and git repositories to read definitions from. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from '@jest/globals';
import { execa } from 'execa';
import type { DefinitionSource } from '../../../src/definitions/read-definitions.ts';

/** Content of a file; with `executable`, or a link's target. */
export type Planted = string | { readonly executable: string } | { readonly link: string };

/** A directory of its own that is gone after `use`. */
export const withDirectory = async <T>(use: (path: string) => Promise<T>): Promise<T> => {
  const path = await mkdtemp(join(tmpdir(), 'flibs-definitions-'));
  try {
    return await use(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
};

export const plant = async (root: string, files: Readonly<Record<string, Planted>>): Promise<void> => {
  for (const [path, planted] of Object.entries(files)) {
    const place = join(root, path);
    await mkdir(dirname(place), { recursive: true });
    if (typeof planted === 'string') await writeFile(place, planted);
    else if ('link' in planted) await symlink(planted.link, place);
    else await writeFile(place, planted.executable, { mode: 0o755 });
  }
};

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** git, with a commit time where one is wanted. */
export const git = async (cwd: string, args: readonly string[], time = 1_700_000_000): Promise<string> => {
  const env = {
    ...identity,
    GIT_AUTHOR_DATE: `${time} +0000`,
    GIT_COMMITTER_DATE: `${time} +0000`,
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const { stdout } = await execa('git', args, { cwd, env });
  return stdout;
};

export const commitAll = async (cwd: string, time?: number): Promise<void> => {
  await git(cwd, ['add', '--all'], time);
  await git(cwd, ['commit', '--quiet', '--message', 'x'], time);
};

/** Whether git is there; says so once where it is not, since tests that need it then do nothing. */
const hasGit = await execa('git', ['--version']).then(
  () => true,
  () => {
    console.warn('git is not installed: the comparison with git did not run');
    return false;
  },
);

/** A test that compares with git. */
export const gitTest = hasGit ? test : test.skip;

/** An image with most that a folder may hold, one with little, and two folders that are none. */
export const definitions = {
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

export const directory = (path: string): DefinitionSource => ({ kind: 'directory', path });
