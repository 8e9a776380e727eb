import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-releases-'));
});
afterAll(() => rm(directory, { recursive: true }));

const release = `name: F40
productVersion: fedora-40
releasever: "40"
branch: f40
arches: [x86_64]
repositories: [{id: local, baseurl: "file:///srv/repo/$basearch", gpgkeys: [keys/one.asc, "file:///etc/two.asc"]}]
`;
const asItem = (text: string, before = ''): string =>
  `${before}- ${text.trimEnd().replaceAll('\n', `\n${before}  `)}\n`;
const load = (file: string) => loadConfig({ env: {}, file, workingDirectory: directory });
const write = async (name: string, text: string): Promise<string> => {
  await writeFile(join(directory, name), text);
  return join(directory, name);
};

describe('distro releases', () => {
  test('are read from the file that is named, with defaults filled in and key files found beside it', async () => {
    await write('releases.yaml', asItem(release));
    const { config, origins } = await load(await write('a.yaml', 'distro_releases_file: releases.yaml\n'));
    expect(config.distro_releases).toHaveLength(1);
    expect(config.distro_releases[0]).toMatchObject({
      name: 'F40',
      koji: { instance: 'primary', tags: [] },
      hold: { hours: 6, atDeadline: 'alarm' },
      repositories: [{ gpgkeys: [join(directory, 'keys/one.asc'), 'file:///etc/two.asc'] }],
    });
    expect(origins.get('distro_releases')).toBe(`file ${join(directory, 'releases.yaml')}`);
  });

  test('may stand in the configuration itself', async () => {
    const { config } = await load(await write('b.yaml', `distro_releases:\n${asItem(release, '  ')}`));
    expect(config.distro_releases[0]?.repositories[0]?.gpgkeys[0]).toBe(join(directory, 'keys/one.asc'));
  });

  test('given in both places are an error', async () => {
    const both = `distro_releases_file: releases.yaml\ndistro_releases:\n${asItem(release, '  ')}`;
    await expect(load(await write('c.yaml', both))).rejects.toThrow(
      /distro_releases_file \(file .*keep one of them/,
    );
  });

  test.each([
    ['an unknown key', `${release}colour: red\n`, /distro_releases\.0 \(.*"colour"/],
    [
      'a repository without keys',
      release.replace(/gpgkeys: \[.*?\]/, 'gpgkeys: []'),
      /repositories\.0\.gpgkeys/,
    ],
    ['an unknown key of a hold', `${release}hold: {days: 1}\n`, /distro_releases\.0\.hold.*"days"/],
    ['an unknown policy at a deadline', `${release}hold: {atDeadline: fail}\n`, /hold\.atDeadline/],
    ['an unknown arch', release.replace('x86_64', 'amd64'), /distro_releases\.0\.arches\.0/],
    ['a missing name', release.replace('name: F40\n', ''), /distro_releases\.0\.name/],
  ])('%s is an error that names the place', async (_, text, expected) => {
    await write('wrong.yaml', asItem(text));
    await expect(load(await write('d.yaml', 'distro_releases_file: wrong.yaml\n'))).rejects.toThrow(expected);
  });

  test('with one name twice are an error', async () => {
    await write('twice.yaml', asItem(release) + asItem(release));
    const file = await write('e.yaml', 'distro_releases_file: twice.yaml\n');
    await expect(load(file)).rejects.toThrow('distro_releases.1.name');
  });

  test('of the example are valid', async () => {
    const example = resolve('config/distro-releases.yaml');
    const { config } = await loadConfig({
      env: {},
      flags: { 'distro-releases-file': example },
      workingDirectory: directory,
    });
    expect(config.distro_releases.map((each) => each.name)).toEqual(['F40', 'F42']);
  });
});
