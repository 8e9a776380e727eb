/** Results that somebody with a token reports for a candidate, up to its release. */
import { expect, test } from '@jest/globals';
import type { Caller } from '../../../schemas/caller.ts';
import { type ReportedResult, reportResult } from '../../../src/flows/releasing/report-result.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, unsent } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const testCase = 'somebody.else.functional';
const nvr = 'lonely-40-2';
const caller: Caller = { id: 1, name: 'somebody', scopes: ['results'], testCases: null };

/** A new source of `lonely`, which waits for somebody else's CI. */
const aCandidate = async (): Promise<string> => {
  const source = 'another';
  const lonely = anImage({ name: 'lonely', packages: ['musl'], source, label: source, testCase });
  const images = fleet.map((image) => (image.name === 'lonely' ? lonely : image));
  world.definitions = { ...world.definitions, images };
  await world.run({ seed: 1 });
  return (await build()).index_digest ?? '';
};

const build = () =>
  world.environment.store.db.selectFrom('build').selectAll().where('nvr', '=', nvr).executeTakeFirstOrThrow();

const manifestOf = async (arch: 'x86_64' | 'aarch64'): Promise<string> => {
  const entries = world.environment.store.db.selectFrom('index_entry').selectAll();
  const { id } = await build();
  return (await entries.where('build', '=', id).where('arch', '=', arch).executeTakeFirstOrThrow())
    .manifest_digest;
};

const report = (
  outcome: ReportedResult['outcome'],
  data: ReportedResult['data'],
  more: Partial<ReportedResult> = {},
): Promise<number> =>
  inFlow(world, (flow) =>
    reportResult(flow, caller, {
      testCase: { name: testCase },
      outcome,
      data: { type: ['container-image'], ...data },
      groups: [],
      ...more,
    }),
  );

/** After all that follows. */
const stateOf = async (): Promise<string> => {
  await world.run({ seed: 1 });
  return (await build()).state;
};

/** As decided last, and what it says of somebody else's test. */
const latestDecision = async () => {
  const { state, requirements } = await world.environment.store.db
    .selectFrom('decision')
    .selectAll()
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return { state, requirements: requirements.filter((requirement) => requirement.testCase === testCase) };
};

test('a test that runs is waited for, and releases the candidate when it has passed', async () => {
  const item = [`registry.test/lonely@${await aCandidate()}`];
  const refUrl = 'https://ci.test/run/1';
  const running = await report('RUNNING', { item }, { refUrl });
  expect(await stateOf()).toBe('testing');
  const { state, requirements } = await latestDecision();
  expect(state).toBe('waiting');
  expect(requirements).toMatchObject([
    { arch: 'aarch64', state: 'running', result: running },
    { arch: 'x86_64', state: 'running', result: running },
  ]);
  await report('PASSED', { item }, { refUrl });
  expect(await stateOf()).toBe('released');
});

test('a state of a run that comes late changes nothing', async () => {
  const digest = [await aCandidate()];
  await report('FAILED', { digest, run: ['1'] });
  expect(await stateOf()).toBe('rejected');
  await report('RUNNING', { digest, run: ['1'] });
  expect(await stateOf()).toBe('rejected');
  await report('RUNNING', { digest, run: ['2'] });
  expect(await stateOf()).toBe('testing');
});

test('a run that could not be made is no pass', async () => {
  await report('ERROR', { digest: [await aCandidate()] });
  expect(await stateOf()).toBe('rejected');
  expect((await latestDecision()).requirements).toMatchObject([{ state: 'errored' }, { state: 'errored' }]);
});

test('an NVR that was built once names its index', async () => {
  await aCandidate();
  await report('PASSED', { item: [nvr] });
  expect(await stateOf()).toBe('released');
});

test('where there is a digest, the NVR beside it counts for nothing', async () => {
  await aCandidate();
  await report('PASSED', { nvr: [nvr], digest: [`sha256:${'0'.repeat(64)}`] });
  expect(await stateOf()).toBe('testing');
});

test('a result for one arch, or for its manifest, is not for the others', async () => {
  const digest = [await aCandidate()];
  await report('PASSED', { digest, arch: ['x86_64'] });
  expect(await stateOf()).toBe('testing');
  await report('PASSED', { item: [`registry.test/lonely@${await manifestOf('aarch64')}`] });
  expect(await stateOf()).toBe('released');
});

test('a result for two arches is one report, and counts for both', async () => {
  const digest = [await aCandidate()];
  const id = await report('PASSED', { digest, system_architecture: ['x86_64', 'aarch64'] });
  expect((await unsent(world, 'flibs.result.recorded')).map(({ result, arch }) => [result, arch])).toEqual([
    [id, 'x86_64'],
    [id, 'aarch64'],
  ]);
  expect(await stateOf()).toBe('released');
  expect((await latestDecision()).requirements).toMatchObject([{ result: id }, { result: id }]);
});

test('every scenario that was reported must have passed', async () => {
  const digest = [await aCandidate()];
  await report('FAILED', { digest, scenario: ['bios'] });
  await report('PASSED', { digest, scenario: ['uefi'] });
  expect(await stateOf()).toBe('rejected');
  expect((await latestDecision()).requirements).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ scenario: 'bios', state: 'failed' }),
      expect.objectContaining({ scenario: 'uefi', state: 'passed' }),
    ]),
  );
});

test('what was reported again after another outcome counts again', async () => {
  const digest = [await aCandidate()];
  const refUrl = 'https://ci.test/always-the-same';
  for (const outcome of ['FAILED', 'PASSED', 'FAILED'] as const)
    await report(outcome, { digest }, { refUrl });
  expect(await stateOf()).toBe('rejected');
});

test('a result for something else is kept, and no gate hears of it', async () => {
  await aCandidate();
  const id = await report('PASSED', { type: ['koji_build'], item: [nvr] });
  expect(await unsent(world, 'flibs.result.recorded')).toEqual([]);
  const row = world.environment.store.db
    .selectFrom('result')
    .select(['build', 'digest'])
    .where('id', '=', id);
  expect(await row.executeTakeFirstOrThrow()).toEqual({ build: null, digest: null });
  expect(await stateOf()).toBe('testing');
});
