import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PlanAnswer } from '../../../src/planning/files/answer.ts';
import { flibs, type Ran } from './a-terminal.ts';

let workingDirectory: string;
beforeAll(async () => {
  workingDirectory = await mkdtemp(join(tmpdir(), 'flibs-plan-'));
});
afterAll(() => rm(workingDirectory, { recursive: true }));

/** The JSON blocks of docs/planning.md: inventory, change, answer. */
const example = async (): Promise<readonly string[]> => {
  const page = await readFile(new URL('../../../docs/planning.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => text);
};

const plan = async (inventory: string, change: string, ...words: string[]): Promise<Ran> => {
  await writeFile(join(workingDirectory, 'inventory.json'), inventory);
  await writeFile(join(workingDirectory, 'change.json'), change);
  const files = ['--inventory', 'inventory.json', '--change', 'change.json'];
  return flibs(['plan', ...files, ...words], { workingDirectory });
};

describe('flibs plan', () => {
  test('answers the example of docs/planning.md as it says there', async () => {
    const [inventory = '', change = '', answer = ''] = await example();
    const { code, out, err } = await plan(inventory, change, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual(JSON.parse(answer));
    expect(PlanAnswer.parse(JSON.parse(out))).toEqual(JSON.parse(out));
  });

  test('tells people who is built, on what, why, and who is left alone', async () => {
    const [inventory = '', change = ''] = await example();
    const { out } = await plan(inventory, change);
    expect(out).toMatch(
      /^base +F40 +x86_64 +- +openssl-libs\.x86_64 1:3\.2\.1-1\.fc40 -> 1:3\.2\.1-2\.fc40/m,
    );
    expect(out).toMatch(/^webd +F40 +x86_64 +base, rebuilt +its parent base is rebuilt$/m);
    expect(out).toMatch(/^carried forward\n.*\n +base +s390x +base-40-7$/m);
    expect(out).toMatch(/^ +frozen +x86_64 +auto-rebuild is off/m);
  });

  test('tells people what waits, what an index goes without, and who goes on to hold what was withdrawn', async () => {
    const arches = { x86_64: { rpms: ['zlib-1-1.x86_64'] }, s390x: { rpms: [], failing: true } };
    const images = [
      {
        name: 'base',
        distroRelease: 'F40',
        nvr: 'base-1-1',
        sourceChanged: true,
        bestEffort: ['s390x'],
        arches,
      },
      { name: 'other', distroRelease: 'F40', nvr: 'other-1-1', arches: { x86_64: arches.x86_64 } },
    ];
    const rules = [{ name: 'slow', action: 'limit', image: ['*'], perHour: 2, people: true }];
    const withdrawn = { name: 'zlib', version: '1', release: '1' };
    const nominations = [
      { kind: 'withdrawal', distroRelease: 'F40', sources: [withdrawn] },
      { kind: 'manual', images: ['base'] },
    ];
    const { out } = await plan(
      JSON.stringify({ schemaVersion: 1, images, rules }),
      JSON.stringify({ schemaVersion: 1, nominations }),
    );
    expect(out).toMatch(/^does not start at once\n.*\n +base +x86_64 +rule slow lets 2 start in an hour$/m);
    expect(out).toContain('holds what was withdrawn: zlib-1-1.x86_64; its on_withdrawal is alarm');
    expect(out).toMatch(/^goes without\n.*\n +base +s390x$/m);
    expect(out).toMatch(
      /^goes on to hold what was withdrawn\n.*\n +other +x86_64 +zlib-1-1\.x86_64 +zlib-1-1$/m,
    );
  });

  test('takes the other examples of docs/planning.md', async () => {
    const [, , , inventory = '', change = ''] = await example();
    const { code, err } = await plan(inventory, change, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('ends with 0 when there is nothing to do', async () => {
    const { code, out } = await plan(
      '{"schemaVersion": 1, "images": []}',
      '{"schemaVersion": 1, "nominations": []}',
    );
    expect({ code, out }).toEqual({ code: 0, out: 'nothing to build\n' });
  });
});

describe('a file that cannot be used ends with 2, and file, place and reason are told', () => {
  const change = '{"schemaVersion": 1, "nominations": []}';
  const inventory = (image: string) =>
    `{"schemaVersion": 1, "images": [{"name": "a", "distroRelease": "F40", "nvr": "a-1-1", ${image}}]}`;

  test.each([
    [
      'no JSON',
      '{"images": [],\n "a" 1}',
      /inventory\.json cannot be used:\n {2}line 2, column 6: is no JSON: /,
    ],
    ['half of it', '{"images": [', /inventory\.json cannot be used:\n {2}\S*.*is no JSON: /],
    ['no object', '[]', /inventory\.json cannot be used:\n {2}line 1: Invalid input: expected object/],
    ['another version', '{"schemaVersion": 2, "images": []}', /schemaVersion: Invalid input: expected 1/],
    [
      'no NEVRA',
      inventory('"arches": {"x86_64": {"rpms": ["bash-5-1.x86_64", "bash-5.2"]}}'),
      /images\.0\.arches\.x86_64\.rpms\.1: "bash-5\.2" is no NEVRA: write name-\[epoch:\]version-release\.arch\n/,
    ],
    [
      'an epoch twice',
      inventory('"arches": {"x86_64": {"rpms": [{"nevra": "1:bash-1:5-1.x86_64"}]}}'),
      /images\.0\.arches\.x86_64\.rpms\.0\.nevra: "1:bash-1:5-1\.x86_64" is no NEVRA: the epoch is written twice/,
    ],
    ["OCI's name of an arch", inventory('"arches": {"amd64": {}}'), /images\.0\.arches\.?\S*: .*"?amd64"?/],
    ['no arch', inventory('"arches": {}'), /images\.0\.arches: must name an arch/],
    ['a mistyped key', inventory('"arches": {"x86_64": {"rpm": []}}'), /images\.0\.arches\.x86_64: .*"rpm"/],
    [
      'both kinds of lists',
      inventory('"arches": {"x86_64": {"rpms": [], "introduced": []}}'),
      /images\.0\.arches\.x86_64: has both `rpms` and `introduced`/,
    ],
    [
      'a parent of no kind',
      inventory('"arches": {"x86_64": {}}, "parents": [{"kind": "imag", "image": "b"}]'),
      /images\.0\.parents\.0\.kind: .*'image' \| 'external'/,
    ],
    [
      'a cycle',
      inventory('"arches": {"x86_64": {}}, "parents": [{"kind": "image", "image": "a"}]'),
      /images\.0\.parents: these images are built from each other: a -> a/,
    ],
  ])('%s', async (_, text, message) => {
    const { code, out, err } = await plan(text, change, '--json');
    expect(err).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toMatch(/\n\s+at /);
  });

  test.each([
    [
      'an unknown kind',
      '{"kind": "package"}',
      /change\.json cannot be used:\n {2}line 1: nominations\.0\.kind: /,
    ],
    [
      'a module without a stream',
      '{"kind": "module", "name": "nodejs", "version": "1", "context": "c"}',
      /nominations\.0\.stream: /,
    ],
    [
      'a source that is a text',
      '{"kind": "packages", "distroRelease": "F40", "sources": ["openssl-3-1"]}',
      /nominations\.0\.sources\.0: "openssl-3-1" Invalid input: expected object/,
    ],
  ])('in a change: %s', async (_, nomination, message) => {
    const { code, err } = await plan(
      '{"schemaVersion": 1, "images": []}',
      `{"schemaVersion": 1, "nominations": [${nomination}]}`,
    );
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  test('one that is not there', async () => {
    const { code, err } = await flibs(['plan', '--inventory', 'absent.json', '--change', 'x'], {
      workingDirectory,
    });
    expect(err).toMatch(/absent\.json cannot be used:\n {2}cannot be read: ENOENT/);
    expect(code).toBe(2);
  });

  test('no more than twenty places are told', async () => {
    const images = Array.from({ length: 30 }, () => '{}').join();
    const { err } = await plan(`{"schemaVersion": 1, "images": [${images}]}`, change);
    expect(err.match(/^ {2}line 1: images/gm)).toHaveLength(20);
    expect(err).toMatch(/and \d+ more/);
  });
});
