/** The rules on imports and sizes that the project sets itself (CONTRIBUTING says why). */
import { describe, expect, test } from '@jest/globals';
import { folderOf, mayImport, pureFolders } from '../architecture/floors.ts';
import {
  importCircles,
  importsIn,
  loadedBy,
  type SourceFile,
  sourceFiles,
} from '../architecture/source-files.ts';

const files = await sourceFiles(['schemas', 'config', 'src', 'consumers']);
const isOurs = (target: string): boolean => target.endsWith('.ts');

const forbiddenImports = (file: SourceFile): readonly string[] => {
  const from = folderOf(file.path);
  return file.imports
    .filter(({ target }) => isOurs(target))
    .filter(({ target }) => {
      const to = folderOf(target);
      return from !== undefined && to !== undefined && !mayImport(from, to);
    })
    .map(({ target }) => `${file.path} imports ${target}`);
};

describe('imports', () => {
  test('every folder has its floor', () => {
    expect(files.map(({ path }) => path).filter((path) => folderOf(path) === undefined)).toEqual([]);
  });

  test('go downward only, and no adapter imports another', () => {
    expect(files.flatMap(forbiddenImports)).toEqual([]);
  });

  test('make no circle, types included: each file can be read without what reads it', () => {
    expect(importCircles(files)).toEqual([]);
  });

  test.each(['consumers/image-builder.ts', 'consumers/upstream-bridge.ts'])(
    '%s never reaches the store: it runs where there is none',
    (consumer) => {
      const reached = [...loadedBy(consumer, files)].filter(
        (path) => path.startsWith('src/store/') || path === 'pg',
      );
      expect(reached).toEqual([]);
    },
  );
});

describe('pure folders', () => {
  const pure = files.filter(({ path }) => pureFolders.some((folder) => path.startsWith(`${folder}/`)));

  test('load nothing of Node but hashing', () => {
    const loaded = pure.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, loads }) => loads && target.startsWith('node:') && target !== 'node:crypto')
        .map(({ target }) => `${path} imports ${target}`),
    );
    expect(loaded).toEqual([]);
  });

  test('read no clock and throw no dice', () => {
    const impure =
      /\bDate\.now\(|new Date\(\)|Math\.random\(|random(?:UUID|Bytes|Int)\(|performance\.now\(|\bfetch\(/;
    expect(pure.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

test('no file is longer than 300 lines', async () => {
  const all = [...files, ...(await sourceFiles(['test', 'bench']))];
  const long = all
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300);
  expect(long).toEqual([]);
});

describe('the reading of imports', () => {
  test('knows which of them load their target', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import { type B, b } from '../b/b.ts';",
      "import {\n  c,\n  d,\n} from './c.ts';",
      "export type { E } from './e.ts';",
      "export * from './f.ts';",
      "import 'zod';",
      "const g = await import('./g.ts');",
    ].join('\n');
    expect(importsIn('src/x/y.ts', text)).toEqual([
      { target: 'src/x/a.ts', loads: false },
      { target: 'src/b/b.ts', loads: true },
      { target: 'src/x/c.ts', loads: true },
      { target: 'src/x/e.ts', loads: false },
      { target: 'src/x/f.ts', loads: true },
      { target: 'zod', loads: true },
      { target: 'src/x/g.ts', loads: true },
    ]);
  });

  test('follows what is loaded, not what is only typed', () => {
    const file = (path: string, text: string): SourceFile => ({ path, text, imports: importsIn(path, text) });
    const some = [
      file('a.ts', "import { b } from './b.ts';\nimport type { c } from './c.ts';"),
      file('b.ts', "import { d } from './d.ts';"),
      file('c.ts', ''),
      file('d.ts', ''),
    ];
    expect([...loadedBy('a.ts', some)].sort()).toEqual(['a.ts', 'b.ts', 'd.ts']);
  });

  test('finds circles of any length, through types too, and nothing else', () => {
    const file = (path: string, ...imported: readonly string[]): SourceFile => {
      const text = imported.map((name) => `import type { X } from './${name}';`).join('\n');
      return { path, text, imports: importsIn(path, text) };
    };
    const some = [
      file('a.ts', 'b.ts', 'd.ts'),
      file('b.ts', 'c.ts'),
      file('c.ts', 'a.ts', 'd.ts'),
      file('d.ts', 'zod'),
      file('e.ts', 'e.ts'),
      file('f.ts', 'a.ts', 'e.ts'),
    ];
    expect(importCircles(some)).toEqual([['a.ts', 'b.ts', 'c.ts'], ['e.ts']]);
  });
});
