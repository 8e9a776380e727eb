/** Folders of a plain directory; where it lies in a git repository, with the times of its commits. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderEntry, ListedEntry } from './folder-entry.ts';
import { MAX_FOLDER_ENTRIES, problemWithLink, problemWithPath, problemWithSize } from './folder-entry.ts';
import { git } from './git-command.ts';
import { commitTimes } from './git-times.ts';

/** Names of the folders directly in `path`, hidden ones apart, sorted. */
export const listFolders = async (path: string): Promise<readonly string[]> => {
  const found = await readdir(path, { withFileTypes: true });
  return found
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
};

/** All files of a folder, and the newest time of any (Unix time, seconds). @throws Error saying what is refused. */
export const readFolder = async (
  folder: string,
): Promise<{ entries: readonly FolderEntry[]; newest: number }> => {
  const listed: ListedEntry[] = [];
  const newest = await list(folder, '', listed);
  const problem = problemWithSize(listed);
  if (problem !== undefined) throw new Error(problem);
  const entries: FolderEntry[] = [];
  for (const { path, mode, size } of listed) {
    const content =
      mode === '120000' ? await readLink(folder, path) : await readBounded(join(folder, path), size);
    entries.push({ path, mode, content });
  }
  return { entries, newest };
};

const list = async (folder: string, below: string, listed: ListedEntry[]): Promise<number> => {
  let newest = 0;
  for (const name of await readdir(join(folder, below), { encoding: 'buffer' })) {
    const text = name.toString('utf8');
    const path = below === '' ? text : `${below}/${text}`;
    const problem = Buffer.from(text).equals(name)
      ? problemWithPath(path)
      : `${JSON.stringify(path)} is not named in UTF-8`;
    if (problem !== undefined) throw new Error(problem);
    // Git never takes it either.
    if (text === '.git') continue;
    const found = await lstat(join(folder, path));
    if (found.isDirectory()) newest = Math.max(newest, await list(folder, path, listed));
    else {
      if (!found.isFile() && !found.isSymbolicLink())
        throw new Error(`${JSON.stringify(path)} is neither file, directory nor symbolic link`);
      const mode = found.isSymbolicLink() ? '120000' : (found.mode & 0o100) === 0 ? '100644' : '100755';
      listed.push({ path, mode, size: found.size });
      newest = Math.max(newest, Math.floor(found.mtimeMs / 1000));
    }
    if (listed.length > MAX_FOLDER_ENTRIES) throw new Error(`holds more than ${MAX_FOLDER_ENTRIES} files`);
  }
  return newest;
};

const readLink = async (folder: string, path: string): Promise<Buffer> => {
  const target = await readlink(join(folder, path), { encoding: 'buffer' });
  const text = target.toString('utf8');
  const problem = Buffer.from(text).equals(target)
    ? problemWithLink(path, text)
    : `${JSON.stringify(path)}: target is not UTF-8`;
  if (problem !== undefined) throw new Error(problem);
  return target;
};

/** Not through a link, and never more than was listed, whatever became of the file since. */
const readBounded = async (path: string, size: number): Promise<Buffer> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await readExactly(file, size, path);
  } finally {
    await file.close();
  }
};

const readExactly = async (file: FileHandle, size: number, path: string): Promise<Buffer> => {
  const content = Buffer.alloc(size + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < content.length; length += read) {
    read = (await file.read(content, length, content.length - length)).bytesRead;
  }
  if (length !== size) throw new Error(`${JSON.stringify(path)} changed while it was read`);
  return content.subarray(0, size);
};

/**
 * Commit times by tree id of folders that are as they were committed; empty outside a repository, or without git.
 * A folder that differs from its commit has the time of its newest file.
 */
export const committedTimes = async (
  path: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const options = { cwd: path, signal };
  try {
    const prefix = (await git(['rev-parse', '--show-prefix'], options))
      .toString('utf8')
      .replace(/\/?\n$/, '');
    const trees = (await git(['ls-tree', '-z', '--full-tree', `HEAD:${prefix}`], options)).toString('utf8');
    const folders = trees.split('\0').flatMap((line) => {
      const [, tree, name] = /^040000 tree ([0-9a-f]{40})\t(.*)$/s.exec(line) ?? [];
      return tree !== undefined && name !== undefined ? [{ tree, name }] : [];
    });
    const times = await commitTimes(
      'HEAD',
      prefix,
      folders.map(({ name }) => name),
      options,
    );
    return new Map(folders.map(({ tree, name }) => [`${name}\n${tree}`, times.get(name) ?? 0]));
  } catch (error) {
    signal?.throwIfAborted();
    // No repository, no commit yet, no git, or one that refuses another user's directory: the files' times then.
    if (error instanceof Error) return new Map();
    throw error;
  }
};
