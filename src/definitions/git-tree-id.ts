/** Git's id of a tree, computed from files alone. Format: "Git Objects" in the Pro Git book, and gitformat-index(5). */
import { createHash } from 'node:crypto';
import type { EntryMode, FolderEntry } from './folder-entry.ts';

const objectId = (type: 'blob' | 'tree', content: Buffer): Buffer =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest();

interface TreeItem {
  readonly name: Buffer;
  readonly mode: EntryMode | '40000';
  readonly id: Buffer;
}

interface Directory {
  readonly items: TreeItem[];
  readonly directories: Map<string, Directory>;
}

const emptyDirectory = (): Directory => ({ items: [], directories: new Map() });

/** 40 hexadecimal digits: what `git rev-parse HEAD:folder` says of a repository that holds exactly these files. */
export const gitTreeId = (entries: readonly FolderEntry[]): string => {
  const root = emptyDirectory();
  for (const { path, mode, content } of entries) {
    const components = path.split('/');
    const name = components.pop() ?? '';
    const directory = components.reduce(subdirectory, root);
    directory.items.push({ name: Buffer.from(name), mode, id: objectId('blob', content) });
  }
  return treeId(root).toString('hex');
};

const subdirectory = (directory: Directory, name: string): Directory => {
  const known = directory.directories.get(name) ?? emptyDirectory();
  directory.directories.set(name, known);
  return known;
};

const treeId = (directory: Directory): Buffer => {
  const trees = [...directory.directories].map(
    ([name, below]): TreeItem => ({ name: Buffer.from(name), mode: '40000', id: treeId(below) }),
  );
  const items = [...directory.items, ...trees].sort((a, b) => Buffer.compare(sortName(a), sortName(b)));
  const parts = items.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} `), name, Buffer.from([0]), id]);
  return objectId('tree', Buffer.concat(parts));
};

/** Git sorts a directory as if its name ended in a slash. */
const sortName = ({ mode, name }: TreeItem): Buffer =>
  mode === '40000' ? Buffer.concat([name, Buffer.from('/')]) : name;
