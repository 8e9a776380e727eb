/** Where the examples lie: found from the package's root, so that it works from src and from dist. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = (): string => {
  for (let path = dirname(fileURLToPath(import.meta.url)); ; path = dirname(path)) {
    if (existsSync(join(path, 'package.json'))) return path;
    if (path === dirname(path)) throw new Error('flibs is not complete: no package.json above its own files');
  }
};

/** Specs of the example packages. */
export const examplePackagesDir = (): string => join(packageRoot(), 'examples', 'packages');

/** Folders of the example images. */
export const exampleImagesDir = (): string => join(packageRoot(), 'examples', 'images');
