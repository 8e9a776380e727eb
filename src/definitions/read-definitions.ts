/** Image definitions as folders, from a directory or a git branch: what the planner's side reads, and what is built. */
import type { ImageFiles } from '../images/read-image.ts';
import { createArchive } from './archive.ts';
import { committedTimes, listFolders, readFolder } from './directory-source.ts';
import type { FolderEntry } from './folder-entry.ts';
import {
  fetchBranch,
  type GitEntry,
  type GitFolder,
  type GitSource,
  listGitFolders,
  readGitEntries,
} from './git-source.ts';
import { commitTimes } from './git-times.ts';
import { gitTreeId } from './git-tree-id.ts';
import { hasDefinition, imageFiles, isDefinitionFile } from './image-files.ts';

export type DefinitionSource =
  | { readonly kind: 'directory'; readonly path: string }
  | ({ readonly kind: 'git' } & GitSource);

export interface DefinitionFolder {
  readonly name: string;
  /** For `readImage`. */
  readonly files: ImageFiles;
  /** 40 hexadecimal digits, by git's rules. */
  readonly treeId: string;
  /** Unix time, seconds: of the commit that last touched the folder, else of its newest file. */
  readonly sourceTime: number;
  /** The folder as tar.gz, the same bytes each time. @throws Error when the folder is no longer as it was read. */
  readonly archive: () => Promise<Buffer>;
}

export interface Definitions {
  /** Sorted by name. Folders without Containerfile, Dockerfile or container.yaml are not definitions. */
  readonly folders: readonly DefinitionFolder[];
  /** Folders that are not taken, and why: too big, a link that leads out, a device, a submodule. */
  readonly refused: readonly { readonly name: string; readonly problem: string }[];
  /** Of a git source. */
  readonly commit?: string;
}

/** @throws Error when the source as a whole cannot be read. */
export const readDefinitions = async (
  source: DefinitionSource,
  signal?: AbortSignal,
): Promise<Definitions> =>
  source.kind === 'directory' ? readDirectory(source.path, signal) : readGit(source, signal);

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readDirectory = async (path: string, signal?: AbortSignal): Promise<Definitions> => {
  const names = await listFolders(path).catch((cause: unknown) => {
    throw new Error(`the directory of image definitions ${path} cannot be read: ${problemOf(cause)}`, {
      cause,
    });
  });
  const times = await committedTimes(path, signal);
  const folders: DefinitionFolder[] = [];
  const refused: Definitions['refused'][number][] = [];
  for (const name of names) {
    signal?.throwIfAborted();
    try {
      const { entries, newest } = await readFolder(`${path}/${name}`);
      if (!hasDefinition(entries)) continue;
      const treeId = gitTreeId(entries);
      const sourceTime = times.get(`${name}\n${treeId}`) ?? newest;
      const again = async () => (await readFolder(`${path}/${name}`)).entries;
      folders.push(folderOf(name, entries, treeId, sourceTime, again));
    } catch (error) {
      refused.push({ name, problem: problemOf(error) });
    }
  }
  return { folders, refused };
};

const readGit = async (source: GitSource, signal?: AbortSignal): Promise<Definitions> => {
  const commit = await fetchBranch(source, signal);
  const listed = (await listGitFolders(source, commit, signal)).filter((folder) =>
    hasDefinition(folder.entries),
  );
  const options = { cwd: source.workdir, signal };
  const times = await commitTimes(
    commit,
    source.path ?? '',
    listed.map(({ name }) => name),
    options,
  );
  const folders: DefinitionFolder[] = [];
  const refused: Definitions['refused'][number][] = [];
  for (const folder of listed) {
    try {
      folders.push(await gitFolder(source, folder, times.get(folder.name) ?? 0, signal));
    } catch (error) {
      signal?.throwIfAborted();
      refused.push({ name: folder.name, problem: problemOf(error) });
    }
  }
  return { folders, refused, commit };
};

/** Only links and the few files that count are read now, so that a link that leads out is told at once. */
const gitFolder = async (
  source: GitSource,
  folder: GitFolder,
  time: number,
  signal?: AbortSignal,
): Promise<DefinitionFolder> => {
  if (folder.problem !== undefined) throw new Error(folder.problem);
  const isLink = (entry: GitEntry) => entry.mode === '120000';
  const definitions = folder.entries.filter(({ path }) => isDefinitionFile(path));
  // Where one of those is a link, its target may be anything in the folder.
  const wanted = definitions.some(isLink)
    ? folder.entries
    : folder.entries.filter((entry) => isLink(entry) || isDefinitionFile(entry.path));
  const entries = await readGitEntries(source, wanted, signal);
  return folderOf(folder.name, entries, folder.treeId, time, () => readGitEntries(source, folder.entries));
};

const folderOf = (
  name: string,
  entries: readonly FolderEntry[],
  treeId: string,
  sourceTime: number,
  readAgain: () => Promise<readonly FolderEntry[]>,
): DefinitionFolder => ({
  name,
  treeId,
  sourceTime,
  files: { name, ...imageFiles(entries), treeId, sourceTime },
  archive: async () => {
    const present = await readAgain();
    const presentId = gitTreeId(present);
    if (presentId !== treeId)
      throw new Error(`${name} changed since it was read: it was tree ${treeId}, it is ${presentId}`);
    return createArchive(present, sourceTime);
  },
});
