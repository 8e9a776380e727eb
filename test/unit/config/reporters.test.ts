/** Who may report results on a bus, in flibs.yaml. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-reporters-'));
});
afterAll(() => rm(directory, { recursive: true }));

const load = async (reporters: string) => {
  const file = join(directory, 'flibs.yaml');
  await writeFile(file, `results:\n  reporters: ${reporters}\n`);
  return loadConfig({ env: {}, file, workingDirectory: directory });
};

test('reporters are read', async () => {
  const { config } = await load(
    '[{bus: upstream, topic: "org.fedoraproject.prod.ci.#", test_cases: ["fedora-ci.*"]}]',
  );
  expect(config.results.reporters).toEqual([
    { bus: 'upstream', topic: 'org.fedoraproject.prod.ci.#', test_cases: ['fedora-ci.*'] },
  ]);
});

test.each([
  ['[{user: osci, test_cases: ["*"]}]', 'results.reporters.0.bus'],
  ['[{bus: own, test_cases: []}]', 'results.reporters.0.test_cases'],
  ['[{bus: own, test_cases: ["a b"]}]', 'results.reporters.0.test_cases.0'],
  ['[{bus: own, topic: "a..b", test_cases: ["*"]}]', 'results.reporters.0.topic'],
  ['[{bus: own, users: [osci], test_cases: ["*"]}]', 'results.reporters.0 '],
  ['all', 'results.reporters (file'],
])('a list that cannot be used is an error that names the place: %s', async (reporters, place) => {
  await expect(load(reporters)).rejects.toThrow(place);
});
