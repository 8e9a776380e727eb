import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { flibs } from './a-terminal.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-messages-'));
});
afterAll(() => rm(directory, { recursive: true }));

const tagged = {
  id: 'c34070a8-b097-437f-96fd-2301d40c684a',
  topic: 'org.fedoraproject.prod.buildsys.tag',
  headers: {},
  body: {
    build_id: 1,
    name: 'http-parser',
    tag_id: 6446,
    instance: 'primary',
    tag: 'f31-updates',
    user: 'bodhi',
    version: '2.9.3',
    owner: 'ann',
    release: '1.fc31',
  },
};
const dump = [
  JSON.stringify(tagged),
  JSON.stringify({ id: 'other', topic: 'org.fedoraproject.prod.copr.build.end', body: {} }),
  '{"topic": "a\\u001b[31m", "body": []}',
  'not JSON at all',
  '',
].join('\n');

describe('flibs messages parse', () => {
  test('gives a verdict a line, and a summary', async () => {
    const { code, out } = await flibs(['messages', 'parse', '-'], { stdin: dump });
    const lines = out.split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toMatch(
      /^understood +c34070a8-\S+ +org\.fedoraproject\.prod\.buildsys\.tag +.*http-parser/,
    );
    expect(lines[1]).toMatch(/^ignored +other +org\.fedoraproject\.prod\.copr\.build\.end +\S/);
    expect(lines[2]).toMatch(/^refused +- +a\\u001b\[31m +\S/);
    expect(lines[3]).toMatch(/^refused +- +- +\S/);
    expect(lines[4]).toBe('4 messages: 1 understood, 1 ignored, 2 refused');
  });

  test('--json prints one object a line: id, topic, verdict, and reason or as', async () => {
    const path = join(directory, 'dump.ndjson');
    await writeFile(path, dump);
    const { out } = await flibs(['messages', 'parse', 'dump.ndjson', '--json'], {
      workingDirectory: directory,
    });
    const parsed = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(parsed).toEqual([
      {
        id: tagged.id,
        topic: tagged.topic,
        verdict: 'understood',
        as: expect.objectContaining({ kind: 'nomination' }),
      },
      {
        id: 'other',
        topic: 'org.fedoraproject.prod.copr.build.end',
        verdict: 'ignored',
        reason: expect.any(String),
      },
      { id: null, topic: 'a\u001b[31m', verdict: 'refused', reason: expect.any(String) },
      { id: null, topic: null, verdict: 'refused', reason: expect.any(String) },
    ]);
  });

  test('with distro releases in the configuration others are ignored', async () => {
    const config = join(directory, 'flibs.yaml');
    await writeFile(
      config,
      'distro_releases: [{name: F40, productVersion: fedora-40, releasever: "40", branch: f40, arches: [x86_64], repositories: []}]',
    );
    const { out } = await flibs(['messages', 'parse', '-', '--config', config], { stdin: dump });
    expect(out.split('\n')[0]).toMatch(/^ignored .*f31-updates/);
  });

  test('an empty input has no messages', async () => {
    const { code, out } = await flibs(['messages', 'parse', '-'], { stdin: '' });
    expect({ code, out }).toEqual({ code: 0, out: '0 messages: 0 understood, 0 ignored, 0 refused\n' });
  });
});
