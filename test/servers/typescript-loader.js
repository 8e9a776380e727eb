/**
 * Lets plain Node import the project's TypeScript: what runs outside jest's own transform (its global setup, the
 * script behind `npm test`) uses the sources as they are, not a dist that may be older.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

/** Node's hook: what a module consists of. */
export const load = async (url, context, nextLoad) => {
  if (!url.endsWith('.ts')) {
    return nextLoad(url, context);
  }
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    filename: fileURLToPath(url),
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
  return { format: 'module', shortCircuit: true, source: code };
};

/** From now on. Call it before importing a `.ts` file. */
export const loadTypeScript = () => register(import.meta.url);
