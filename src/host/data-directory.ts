import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDirectory } from './directory-lock.ts';

/** Of what lies where in a data directory. Raised when a version before could not find its way. */
const layoutVersion = 1;

export interface DataDirectory {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Lets another flibs have it. */
  release(): Promise<void>;
}

const checkVersion = async (path: string): Promise<void> => {
  const file = join(path, 'version');
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (text === '') {
    await writeFile(file, `${layoutVersion}\n`);
    return;
  }
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) {
    throw new Error(`${file} should hold a number and holds ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (version > layoutVersion) {
    throw new Error(
      `${path} has layout ${version} and was written by a newer flibs; this one knows layouts up to ${layoutVersion}. ` +
        'Use that flibs, or another data directory.',
    );
  }
};

/**
 * Makes or opens a data directory and takes its lock.
 *
 * @throws when another flibs has it, or a newer one wrote it.
 */
export const openDataDirectory = async (directory: string): Promise<DataDirectory> => {
  // 0711: the user that PostgreSQL runs as under root must be able to pass through.
  await mkdir(directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const path = await realpath(directory);
  const lock = await lockDirectory(join(path, 'lock'), `data directory ${path}`);
  try {
    await checkVersion(path);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return { path, release: () => lock.release() };
};
