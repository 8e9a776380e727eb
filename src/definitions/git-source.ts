/** Folders of a branch of a git repository, read as objects: nothing is checked out, so no attribute changes a byte. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryMode, FolderEntry, ListedEntry } from './folder-entry.ts';
import { problemWithLink, problemWithPath, problemWithSize } from './folder-entry.ts';
import { type GitOptions, git, redact } from './git-command.ts';

export interface GitSource {
  readonly url: string;
  readonly branch: string;
  /** Directory in the repository that holds the folders; absent: its top. */
  readonly path?: string | undefined;
  /** Ours alone: keeps what was fetched. */
  readonly workdir: string;
}

export interface GitEntry extends ListedEntry {
  readonly object: string;
}

export interface GitFolder {
  readonly name: string;
  readonly treeId: string;
  readonly entries: readonly GitEntry[];
  /** Why the folder is not taken. */
  readonly problem: string | undefined;
}

const FETCHED = 'refs/flibs/definitions';

/** @throws Error naming a URL, branch or path that git would take for something else. */
const checkSource = ({ url, branch, path }: GitSource): void => {
  if (!/^(?:(?:https?|ssh|git|file):\/\/[^\s-]|\/)[^\s\0]*$/.test(url)) {
    throw new Error(
      `${JSON.stringify(redact(url))} is no https, http, ssh, git or file URL, nor an absolute path`,
    );
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9._/+-]*$/.test(branch) || /\.\.|\/\/|\.lock$|[/.]$/.test(branch)) {
    throw new Error(`${JSON.stringify(branch)} is no name of a branch`);
  }
  const problem = path === undefined || path === '' ? undefined : problemWithPath(path);
  if (problem !== undefined) throw new Error(`path of the definitions: ${problem}`);
};

/** Brings the branch here. Resolves to its commit. */
export const fetchBranch = async (source: GitSource, signal?: AbortSignal): Promise<string> => {
  checkSource(source);
  const options: GitOptions = { cwd: source.workdir, signal, timeout: 600 };
  await mkdir(source.workdir, { recursive: true });
  if (!existsSync(join(source.workdir, 'HEAD'))) await git(['init', '--quiet', '--bare', '.'], options);
  const refspec = `+refs/heads/${source.branch}:${FETCHED}`;
  try {
    await git(['--git-dir=.', 'fetch', '--quiet', '--no-tags', '--', source.url, refspec], options);
  } catch (cause) {
    const where = `branch ${source.branch} of ${redact(source.url)}`;
    throw new Error(
      `${where} cannot be fetched, so what was read of it last stays in force; definitions.url and definitions.branch say where it is looked for: ${reasonOf(cause)}`,
      { cause },
    );
  }
  return (await git(['--git-dir=.', 'rev-parse', '--verify', `${FETCHED}^{commit}`], options))
    .toString('latin1')
    .trim();
};

/** The folders directly in the source's path, hidden ones apart, sorted; their bytes are not read yet. */
export const listGitFolders = async (
  source: GitSource,
  commit: string,
  signal?: AbortSignal,
): Promise<readonly GitFolder[]> => {
  const options: GitOptions = { cwd: source.workdir, signal };
  const tree = `${commit}:${source.path ?? ''}`;
  const names = linesOf(await git(['--git-dir=.', 'ls-tree', '-z', tree], options)).flatMap((line) => {
    const [, treeId, name] = /^040000 tree ([0-9a-f]{40})\t(.+)$/s.exec(line) ?? [];
    return treeId !== undefined && name !== undefined && !name.startsWith('.') ? [{ treeId, name }] : [];
  });
  const found = new Map<string, GitEntry[]>();
  const refused = new Map<string, string>();
  for (const line of linesOf(await git(['--git-dir=.', 'ls-tree', '-r', '-z', '-l', tree], options))) {
    const [, mode = '', object = '', size = '', folder = '', path = ''] =
      /^(\d{6}) [a-z]+ ([0-9a-f]{40}) +(\d+|-)\t([^/]+)\/(.+)$/s.exec(line) ?? [];
    if (path === '') continue;
    const problem = isEntryMode(mode)
      ? problemWithPath(path)
      : `${JSON.stringify(path)} is a submodule; they are not fetched`;
    if (problem !== undefined) refused.set(folder, problem);
    else if (isEntryMode(mode)) {
      const known = found.get(folder);
      const entry = { path, mode, object, size: Number(size) };
      if (known) known.push(entry);
      else found.set(folder, [entry]);
    }
  }
  return names.map(({ name, treeId }) => {
    const entries = found.get(name) ?? [];
    return { name, treeId, entries, problem: refused.get(name) ?? problemWithSize(entries) };
  });
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isEntryMode = (mode: string): mode is EntryMode => ['100644', '100755', '120000'].includes(mode);

const linesOf = (printed: Buffer): readonly string[] =>
  printed
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '');

/** The bytes of entries. @throws Error naming a link that leads out. */
export const readGitEntries = async (
  source: Pick<GitSource, 'workdir'>,
  entries: readonly GitEntry[],
  signal?: AbortSignal,
): Promise<readonly FolderEntry[]> => {
  if (entries.length === 0) return [];
  const input = entries.map(({ object }) => `${object}\n`).join('');
  const printed = await git(['--git-dir=.', 'cat-file', '--batch'], { cwd: source.workdir, signal, input });
  let at = 0;
  return entries.map(({ path, mode, object, size }) => {
    // `<object> blob <size>\n<bytes>\n`, in the order asked.
    const start = printed.indexOf('\n', at) + 1;
    const header = printed.toString('latin1', at, start - 1);
    if (header !== `${object} blob ${size}`)
      throw new Error(`git cat-file says ${JSON.stringify(header)} of ${object}`);
    at = start + size + 1;
    const content = printed.subarray(start, start + size);
    const problem = mode === '120000' ? problemWithLink(path, content.toString('utf8')) : undefined;
    if (problem !== undefined) throw new Error(problem);
    return { path, mode, content };
  });
};
