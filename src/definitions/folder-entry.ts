/** Files of a definition's folder, wherever it lies, and what is never taken from one. */

/** Git's modes: file, executable file, symbolic link. Empty directories are nothing to git, nor to us. */
export type EntryMode = '100644' | '100755' | '120000';

export interface FolderEntry {
  /** Relative to the folder, separated by `/`. */
  readonly path: string;
  readonly mode: EntryMode;
  /** The file's bytes; a symbolic link's target. */
  readonly content: Buffer;
}

/** An entry whose bytes are not read yet. */
export interface ListedEntry extends Omit<FolderEntry, 'content'> {
  /** Bytes. */
  readonly size: number;
}

/** Bytes of all files of one folder together. */
export const MAX_FOLDER_SIZE = 64 * 1024 * 1024;
export const MAX_FOLDER_ENTRIES = 10_000;

const MAX_PATH = 1024;
const MAX_COMPONENT = 255;

const hasControlCharacter = (text: string): boolean =>
  [...text].some((char) => (char.codePointAt(0) ?? 0) < 0x20 || char === '\x7f');

/** What is wrong with a path that came from outside; undefined: nothing. */
export const problemWithPath = (path: string): string | undefined => {
  const shown = JSON.stringify(path.slice(0, 200));
  if (hasControlCharacter(path)) return `${shown} holds control characters`;
  const components = path.split('/');
  const isOutside = components.some(
    (component) => component === '' || component === '.' || component === '..',
  );
  if (isOutside) return `${shown} is not a plain path below the folder`;
  if (Buffer.byteLength(path) > MAX_PATH) return `${shown}... is longer than ${MAX_PATH} bytes`;
  if (components.some((component) => Buffer.byteLength(component) > MAX_COMPONENT))
    return `${shown}... has a name that is too long`;
  return undefined;
};

/**
 * What is wrong with the target of the symbolic link at `path`. `..` may only stand at its beginning: there it climbs
 * real directories, further on it could climb out through another link.
 */
export const problemWithLink = (path: string, target: string): string | undefined => {
  const shown = `symbolic link ${JSON.stringify(path.slice(0, 200))} -> ${JSON.stringify(target.slice(0, 200))}`;
  if (target === '' || Buffer.byteLength(target) > MAX_PATH || hasControlCharacter(target))
    return `${shown}: no usable target`;
  if (target.startsWith('/')) return `${shown}: leads out of the folder`;
  const components = target.split('/');
  const climbs = components.findIndex((component) => component !== '..');
  const leading = climbs < 0 ? components.length : climbs;
  if (leading > path.split('/').length - 1) return `${shown}: leads out of the folder`;
  if (components.slice(leading).includes('..')) return `${shown}: has ".." other than at its beginning`;
  return undefined;
};

/** What makes a folder too big to take. */
export const problemWithSize = (entries: readonly Pick<ListedEntry, 'size'>[]): string | undefined => {
  if (entries.length > MAX_FOLDER_ENTRIES) return `holds more than ${MAX_FOLDER_ENTRIES} files`;
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  return total > MAX_FOLDER_SIZE ? `holds ${total} bytes; at most ${MAX_FOLDER_SIZE} are taken` : undefined;
};
