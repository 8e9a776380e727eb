/** Policies of the gate from a folder: taken over whole; what breaks leaves what was good in force, and says so. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitingThings } from '../../../src/api/queries/waiting.ts';
import { loaded } from '../../../src/flows/defining/definitions.ts';
import { loadDefinitions } from '../../../src/flows/defining/load-definitions.ts';
import { policiesInForce } from '../../../src/flows/defining/policies.ts';
import { aWorld, type World } from '../../simulation/world.ts';
import { anEnvironment, rowsOf, type TestEnvironment } from '../an-environment.ts';
import { emptyStore } from '../empty-store.ts';
import { inFlow } from './in-flow.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let path: string;
let world: World;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
beforeEach(async () => {
  await emptyStore(environment.store);
  world = aWorld(environment);
  path = await mkdtemp(join(tmpdir(), 'flibs-policies-'));
  await mkdir(join(path, 'images'));
  await mkdir(join(path, 'policies'));
});
afterEach(() => rm(path, { recursive: true, force: true }));
afterAll(() => close());

const write = (name: string, text: string) => writeFile(join(path, 'policies', name), text);

const aPolicy = (id: string, rule = `!PassingTestCaseRule {test_case_name: ${id}.test}`) =>
  `--- !Policy\nid: ${id}\nproduct_versions: [fedora-*]\ndecision_context: gate\nsubject_type: koji_build\nrules:\n  - ${rule}\n`;

const load = async (policies = join(path, 'policies')): Promise<void> => {
  const given = await loadDefinitions({
    source: { kind: 'directory', path: join(path, 'images') },
    distroReleases: [],
    rules: [],
    policies,
    settings: world.settings,
    store: environment.store,
    registry: world.registry.registry,
  });
  await inFlow(world, (flow) => loaded(flow, world.settings, given));
};

const inForce = async () =>
  (await policiesInForce(environment.store.db)).policies.map(({ id, rules }) => `${id}: ${rules.length}`);

const problems = async () =>
  (await rowsOf(environment.store, 'definition_problem')).map((row) => row['problems']);

test('all files of the folder are one set of policies, with what they say of subject types', async () => {
  await write('one.yaml', aPolicy('one'));
  await write('two.yml', `${aPolicy('two')}--- !SubjectType\nid: thing\nis_nvr: true\n`);
  await write('notes.txt', 'not read');
  await load();
  expect(await inForce()).toEqual(['one: 1', 'two: 1']);
  expect((await policiesInForce(environment.store.db)).subjectTypes).toMatchObject([{ id: 'thing' }]);
});

test('without a folder there are none', async () => {
  await load('');
  expect(await inForce()).toEqual([]);
});

test('what is changed or gone is swapped whole, and what was in force is kept with its revisions', async () => {
  await write('one.yaml', aPolicy('one'));
  await write('two.yaml', aPolicy('two'));
  await load();
  await rm(join(path, 'policies', 'one.yaml'));
  await load();
  expect(await inForce()).toEqual(['two: 1']);
  const revisions = (await rowsOf(environment.store, 'policy_set')).map((row) => [
    row['from_revision'],
    row['to_revision'],
  ]);
  expect(revisions).toEqual([
    [1, 2],
    [2, null],
  ]);
});

test('a load that finds nothing new makes no revision', async () => {
  await write('one.yaml', aPolicy('one'));
  await load();
  await load();
  expect(await rowsOf(environment.store, 'definitions_revision')).toHaveLength(1);
  expect(await rowsOf(environment.store, 'policy_set')).toHaveLength(1);
});

test('a broken file leaves the last good policies in force, and is told with line, key and reason until it is mended', async () => {
  await write('one.yaml', aPolicy('one'));
  await write('two.yaml', aPolicy('two'));
  await load();
  await write('one.yaml', aPolicy('other'));
  await write('two.yaml', aPolicy('two', '!PassingTestCaseRule {test_case: t}'));
  await load();
  expect(await inForce()).toEqual(['one: 1', 'two: 1']);
  expect(await waitingThings(environment.store.db)).toMatchObject([
    {
      what: 'definition gate.policies',
      reason: expect.stringMatching(/^two\.yaml:7: .*test_case/),
    },
  ]);
  await write('two.yaml', aPolicy('two'));
  await load();
  expect(await inForce()).toEqual(['other: 1', 'two: 1']);
  expect(await problems()).toEqual([]);
});

test.each([
  ['a rule of a removed kind', aPolicy('one', '!FedoraAtomicCi {}'), 'FedoraAtomicCi'],
  ['an id twice', aPolicy('one') + aPolicy('one'), 'one.yaml:2'],
  ['NUL in a subject type', '--- !SubjectType\nid: thing\nitem_key: "a\\0"\n', 'holds NUL'],
  ['NUL', aPolicy('one', '!PassingTestCaseRule {test_case_name: "a\\0"}'), 'holds NUL'],
  [
    'half a character',
    aPolicy('one', '!PassingTestCaseRule {test_case_name: "a\\ud800"}'),
    'half a character',
  ],
])('%s is refused', async (_, text, reason) => {
  await write('one.yaml', text);
  await load();
  expect(await inForce()).toEqual([]);
  expect(await problems()).toEqual([[expect.stringContaining(reason)]]);
});

test('a folder that is empty or not there takes no policy away', async () => {
  await write('one.yaml', aPolicy('one'));
  await load();
  await rm(join(path, 'policies', 'one.yaml'));
  await load();
  expect(await problems()).toEqual([[expect.stringContaining('has no file that ends in .yaml')]]);
  await load(join(path, 'nowhere'));
  expect(await problems()).toEqual([[expect.stringContaining('nowhere')]]);
  expect(await inForce()).toEqual(['one: 1']);
});

test('the example of config/ is taken', async () => {
  await load(fileURLToPath(new URL('../../../config/policies', import.meta.url)));
  expect(await inForce()).toEqual(['container-release: 2', 'update-push: 1']);
  expect(await problems()).toEqual([]);
});
