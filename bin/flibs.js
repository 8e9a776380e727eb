#!/usr/bin/env node
/** Runs dist. In a checkout whose sources are newer it has them compiled first; a package has no sources to compile. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'src', 'main.js');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const sources = ['src', 'consumers', 'schemas', 'config'];

/** Milliseconds since 1970 of the newest file of one kind below these folders; 0 when there is none. */
const newest = (folders, ending) =>
  folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))
    .filter((file) => file.endsWith(ending))
    .reduce((latest, file) => Math.max(latest, statSync(file).mtimeMs), 0);

const isStale = () =>
  !existsSync(main) ||
  newest(
    sources.map((folder) => join(root, folder)),
    '.ts',
  ) > newest([join(root, 'dist')], '.js');

const compile = () => {
  if (!existsSync(compiler)) {
    return false;
  }
  process.stderr.write('flibs: the sources are newer than dist; compiling them\n');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
};

if (isStale() && !compile()) {
  process.stderr.write('flibs: dist is missing or older than the sources; run `npm run build`\n');
  process.exit(1);
}
await import(main);
