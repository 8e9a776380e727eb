/** Where the examples lie. */
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Specs of the example packages. */
export const examplePackagesDir = (): string => join(packageRoot(), 'examples', 'packages');

/** Folders of the example images. */
export const exampleImagesDir = (): string => join(packageRoot(), 'examples', 'images');
