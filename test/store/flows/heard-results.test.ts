/** Results that are heard on a bus, through the consumer that hears them. */
import { expect, test } from '@jest/globals';
import { ciResults } from '../../../consumers/ci-results.ts';
import type { Reporter } from '../../../schemas/files/reporter.ts';
import { bridgeHeaders } from '../../../src/nominating/reporters.ts';
import { openReceiver } from '../../../src/runtime/receive.ts';
import type { World } from '../../simulation/world.ts';
import { aDelivery, rowsOf } from '../an-environment.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const osci: Reporter = { bus: 'upstream', user: 'osci', test_cases: ['fedora-ci.*'] };

const digestOf = async (nvr: string): Promise<string> => {
  const build = world.environment.store.db.selectFrom('build').select('index_digest').where('nvr', '=', nvr);
  return (await build.executeTakeFirstOrThrow()).index_digest ?? '';
};

const inResultsDb = async (id: number, outcome: string, more: Record<string, string[]> = {}) => ({
  routingKey: 'org.fedoraproject.prod.resultsdb.result.new',
  body: {
    id,
    testcase: { name: 'fedora-ci.smoke.functional' },
    outcome,
    submit_time: '2026-11-23T09:12:00.000000',
    ref_url: 'https://ci.test/run/7',
    data: { type: ['container-image'], item: [`web@${await digestOf('lonely-40-1')}`], ...more },
  },
});

const hear = async (
  { routingKey, body }: { readonly routingKey: string; readonly body: object },
  { user = 'osci', reporters = [osci] }: { user?: string; reporters?: readonly Reporter[] } = {},
): Promise<void> => {
  const receiver = openReceiver(ciResults({ reporters }), world.environment);
  await receiver.refreshKnowledge();
  const headers = { [bridgeHeaders.bus]: 'upstream', [bridgeHeaders.user]: user };
  const exchange = 'flibs.test.upstream';
  const message = aDelivery({ exchange, routingKey, headers, body: Buffer.from(JSON.stringify(body)) });
  expect(await receiver.receive(message)).toBe('ack');
  await receiver.flushIgnored();
};

const heard = () =>
  world.environment.store.db
    .selectFrom('result')
    .selectAll()
    .where('test_case', 'like', 'fedora-ci.%')
    .orderBy('id')
    .execute();

test('a result of a sender who may report it is kept with his name, and with what tells runs apart', async () => {
  await hear(await inResultsDb(58, 'PASSED', { scenario: ['bios'], arch: ['x86_64'] }));
  expect(await heard()).toMatchObject([
    {
      reporter: 'osci',
      origin: 'upstream',
      outcome: 'PASSED',
      arch: 'x86_64',
      scenario: 'bios',
      run_key: 'https://ci.test/run/7',
      data: { type: ['container-image'], item: ['lonely-40-1'], scenario: ['bios'] },
    },
  ]);
});

test('a result of anybody else leaves nothing but a count and a sample', async () => {
  await hear(await inResultsDb(58, 'PASSED'), { user: 'mallory' });
  await hear(await inResultsDb(59, 'PASSED'), { reporters: [] });
  expect(await heard()).toEqual([]);
  const reason = 'a result that its sender may not report: results.reporters says who may';
  expect(await rowsOf(world.environment.store, 'ignored')).toEqual(
    expect.arrayContaining([expect.objectContaining({ consumer: 'ci-results', reason })]),
  );
});

test('nobody reports the tests of flibs itself, whatever he may report', async () => {
  const said = await inResultsDb(58, 'PASSED');
  const body = { ...said.body, testcase: { name: 'flibs.smoke-test.functional' } };
  const before = await rowsOf(world.environment.store, 'result');
  await hear({ ...said, body }, { reporters: [{ bus: 'upstream', test_cases: ['*'] }] });
  expect(await rowsOf(world.environment.store, 'result')).toHaveLength(before.length);
});

test('a result of ResultsDB that is told twice counts once, and what it has under another number counts again', async () => {
  for (const [id, outcome] of [
    [58, 'FAILED'],
    [58, 'FAILED'],
    [59, 'PASSED'],
    [60, 'FAILED'],
  ] as const)
    await hear(await inResultsDb(id, outcome));
  expect((await heard()).map(({ outcome }) => outcome)).toEqual(['FAILED', 'PASSED', 'FAILED']);
});
