/** The project's TypeScript files and what each imports. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  /** A path from the project's root for a file of ours, else the module's name. */
  readonly target: string;
  /** False for `import type` and `export type`: nothing of the target is loaded. */
  readonly loads: boolean;
}

export interface SourceFile {
  /** From the project's root: `src/bus/port.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

// With verbatimModuleSyntax only a leading `type` keeps the target from being loaded.
const statement = /^\s*(?:import|export)\s+(type\s)?(?:[\w\s{},*$]+?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g;

const resolve = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier;

/** All imports and re-exports of a module's text. */
export const importsIn = (path: string, text: string): readonly Import[] => [
  ...[...text.matchAll(statement)].map(([, type, specifier = '']) => ({
    target: resolve(path, specifier),
    loads: type === undefined,
  })),
  ...[...text.matchAll(dynamic)].map(([, specifier = '']) => ({
    target: resolve(path, specifier),
    loads: true,
  })),
];

/** Every `.ts` file below these folders of the project; a folder that is not there has none. */
export const sourceFiles = async (folders: readonly string[]): Promise<readonly SourceFile[]> => {
  const paths = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { recursive: true }).catch(() => []))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name)),
    ),
  );
  return Promise.all(
    paths
      .flat()
      .sort()
      .map(async (path) => {
        const text = await readFile(path, 'utf8');
        return { path, text, imports: importsIn(path, text) };
      }),
  );
};

/** The files that a file loads, directly or through others; itself included. */
export const loadedBy = (start: string, files: readonly SourceFile[]): ReadonlySet<string> => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (!seen.has(path)) {
      seen.add(path);
      const loaded = byPath.get(path)?.imports.filter(({ loads }) => loads) ?? [];
      waiting.push(...loaded.map(({ target }) => target));
    }
  }
  return seen;
};

/**
 * Files that reach themselves through what they import, types too: each circle once, its files sorted. Circles that
 * share a file are one (Tarjan's strongly connected components).
 */
export const importCircles = (files: readonly SourceFile[]): readonly (readonly string[])[] => {
  const targets = new Map(files.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  const order = new Map<string, number>();
  const circles: (readonly string[])[] = [];
  const open: string[] = [];
  const visit = (path: string): number => {
    const own = order.size;
    order.set(path, own);
    open.push(path);
    let lowest = own;
    for (const target of targets.get(path) ?? []) {
      if (!targets.has(target)) continue;
      if (!order.has(target)) lowest = Math.min(lowest, visit(target));
      else if (open.includes(target)) lowest = Math.min(lowest, order.get(target) ?? own);
    }
    if (lowest === own) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1 || targets.get(path)?.includes(path)) circles.push(circle.sort());
    }
    return lowest;
  };
  for (const { path } of files) if (!order.has(path)) visit(path);
  return circles;
};
