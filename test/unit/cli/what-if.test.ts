import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Explained } from '../../../src/planning/explained.ts';
import { type ImageFile, image } from '../planning/files/an-inventory.ts';
import { flibs, type Ran } from './a-terminal.ts';

const on = (base: string): ImageFile['parents'] => [{ kind: 'external', pullspec: base }];
const two = (rpm: string, module?: string): ImageFile['arches'] =>
  Object.fromEntries(
    ['x86_64', 's390x'].map((arch) => {
      const nevra = `${rpm}.${arch}`;
      return [arch, { introduced: [module === undefined ? nevra : { nevra, module }] }];
    }),
  );

const images: readonly ImageFile[] = [
  image('base', { arches: two('zlib-1.2-1'), parents: on('registry.example/fedora:40') }),
  image('node', { on: 'base', arches: two('nodejs-20.1-1', 'nodejs:20:9:aa') }),
  image('a-b', { on: 'node', from: ['base'], arches: two('a-1-1') }),
  image('other', { rpms: ['bash-5-1.x86_64'] }),
];

let workingDirectory: string;
beforeAll(async () => {
  workingDirectory = await mkdtemp(join(tmpdir(), 'flibs-what-if-'));
  await writeFile(join(workingDirectory, 'fleet.json'), JSON.stringify({ schemaVersion: 1, images }));
});
afterAll(() => rm(workingDirectory, { recursive: true }));

const ask = (...words: string[]): Promise<Ran> =>
  flibs(['what-if', '--inventory', 'fleet.json', ...words], { workingDirectory });

const builds = async (...words: string[]): Promise<readonly string[]> => {
  const { out } = await ask(...words, '--json');
  return Explained.parse(JSON.parse(out)).builds.map(({ image: name }) => name);
};

describe('flibs what-if --inventory', () => {
  test('tells who would be rebuilt for a package, why, and after what', async () => {
    const { code, out, err } = await ask('zlib-1.3-1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^base +F40 +x86_64 +- +zlib\.x86_64 1\.2-1 -> 1\.3-1 in what-if, introduced by base$/m,
    );
    expect(out).toMatch(/^node +F40 +s390x +base +its parent base is rebuilt$/m);
    expect(out).toMatch(/^a-b +F40 +s390x +node, base +its parent node is rebuilt$/m);
    expect(out).toMatch(/^ +other +all +holds nothing of what is in question$/m);
  });

  test('for a module: what is installed of its stream', async () => {
    expect(await builds('--module', 'nodejs:20:10:bb')).toEqual(['node', 'a-b']);
    expect(await builds('--module', 'nodejs:18:10:bb')).toEqual([]);
  });

  test('for a base that moved, by its pullspec or its repository', async () => {
    expect(await builds('--base', 'registry.example/fedora:40')).toEqual(['base', 'node', 'a-b']);
    expect(await builds('--base', 'registry.example/fedora')).toEqual(['base', 'node', 'a-b']);
  });

  test('for an image whose source changed, and for several things at once', async () => {
    expect(await builds('--source', 'a-b')).toEqual(['a-b']);
    expect(await builds('bash-5-2', '--source', 'a-b')).toEqual(['a-b', 'other']);
  });

  test('says so when nothing would be', async () => {
    const { code, out } = await ask('zlib-1.1-1');
    expect(code).toBe(0);
    expect(out).toMatch(/^nothing would be rebuilt$/m);
    expect(out).toMatch(/base +x86_64 +nothing newer on offer: zlib-1\.2-1\.x86_64/);
  });
});

describe('what makes no difference is told', () => {
  test.each([
    ['an older source', ['zlib-1.1-1'], 'zlib-1.1-1 is not newer than what any image holds'],
    ['a source that no image holds', ['zstd-1.5-1'], 'no image holds anything of zstd-1.5-1'],
    [
      'an older module',
      ['--module', 'nodejs:20:8:aa'],
      'nodejs:20:8:aa is not newer than what any image holds',
    ],
  ])('of %s', async (_what, words, remark) => {
    expect((await ask(...words)).out.split('\n')[0]).toBe(remark);
  });

  test('of what is newer nothing is', async () => {
    expect((await ask('zlib-1.3-1')).out).not.toMatch(/holds anything|is not newer/);
  });
});

describe('--format', () => {
  test('dot draws it for Graphviz', async () => {
    expect((await ask('zlib-1.3-1', '--format', 'dot')).out).toBe(
      [
        'digraph plan {',
        '  node [shape=box];',
        '  "base" [label="base\\nx86_64, s390x"];',
        '  "node" [label="node\\nx86_64, s390x"];',
        '  "a-b" [label="a-b\\nx86_64, s390x"];',
        '  "base" -> "node" [label="x86_64, s390x"];',
        '  "node" -> "a-b" [label="x86_64, s390x"];',
        '  "base" -> "a-b" [label="x86_64, s390x"];',
        '}\n',
      ].join('\n'),
    );
  });

  test('mermaid draws it for Markdown', async () => {
    expect((await ask('--module', 'nodejs:20:10:bb', '--format', 'mermaid')).out).toBe(
      [
        'flowchart TD',
        '  n0["node<br/>x86_64, s390x"]',
        '  n1["a-b<br/>x86_64, s390x"]',
        '  n0 -->|"x86_64, s390x"| n1\n',
      ].join('\n'),
    );
  });

  test('json is --json', async () => {
    expect((await ask('zlib-1.3-1', '--format', 'json')).out).toBe((await ask('zlib-1.3-1', '--json')).out);
  });
});

describe('what cannot be answered has a reason and no plan', () => {
  test.each([
    ['no NVR', ['openssl'], 2, /source "openssl" must be name-version-release of a source package/],
    [
      'a module without a stream',
      ['--module', 'nodejs'],
      2,
      /--module "nodejs" must be name:stream:version:context/,
    ],
    ['no image name', ['--source', 'A B'], 2, /--source "A B" must be lower case/],
    ['nothing at all', [], 2, /name a source, a module, a base or an image/],
    ['an unknown image', ['--source', 'ghost'], 4, /fleet\.json has no image ghost/],
    [
      'an unknown base',
      ['--base', 'registry.example/fedor'],
      4,
      /no image of fleet\.json is built from registry/,
    ],
    [
      'an unknown format',
      ['zlib-1.3-1', '--format', 'svg'],
      2,
      /Allowed choices are text, json, dot, mermaid/,
    ],
  ])('%s', async (_, words, exit, message) => {
    const { code, out, err } = await ask(...words);
    expect(err).toMatch(message);
    expect({ code, out }).toEqual({ code: exit, out: '' });
  });
});
