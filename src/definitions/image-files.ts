/** The three files of a folder that say what its image is. */
import { posix } from 'node:path';
import type { ImageFiles } from '../images/read-image.ts';
import type { FolderEntry } from './folder-entry.ts';

const CONTAINERFILES = ['Containerfile', 'Dockerfile'];

const OTHERS = ['container.yaml', 'gating.yaml'];

/** Bytes. */
const MAX_TEXT = 1024 * 1024;

/** Whether {@link imageFiles} reads it. */
export const isDefinitionFile = (path: string): boolean =>
  CONTAINERFILES.includes(path) || OTHERS.includes(path);

export const hasDefinition = (entries: readonly Pick<FolderEntry, 'path'>[]): boolean =>
  entries.some(({ path }) => path === 'container.yaml' || CONTAINERFILES.includes(path));

/** @throws Error naming a file that is too long or no UTF-8. */
export const imageFiles = (
  entries: readonly FolderEntry[],
): Pick<ImageFiles, 'containerfile' | 'containerfilePath' | 'containerYaml' | 'gatingYaml'> => {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const containerfilePath = CONTAINERFILES.find((path) => byPath.has(path));
  return {
    containerfilePath,
    containerfile: containerfilePath === undefined ? undefined : text(containerfilePath, byPath),
    containerYaml: text('container.yaml', byPath),
    gatingYaml: text('gating.yaml', byPath),
  };
};

/** Through symbolic links within the folder: a Dockerfile is often one to the Containerfile. */
const text = (path: string, byPath: ReadonlyMap<string, FolderEntry>): string | undefined => {
  let entry = byPath.get(path);
  if (!entry) return undefined;
  for (let hops = 0; entry?.mode === '120000'; hops += 1) {
    const target = posix.normalize(posix.join(posix.dirname(entry.path), entry.content.toString('utf8')));
    entry = hops < 8 ? byPath.get(target) : undefined;
  }
  if (!entry) throw new Error(`${path} is a symbolic link to nothing that can be read`);
  if (entry.content.length > MAX_TEXT) throw new Error(`${path} is longer than ${MAX_TEXT} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(entry.content);
  } catch (cause) {
    throw new Error(`${path} is not UTF-8`, { cause });
  }
};
