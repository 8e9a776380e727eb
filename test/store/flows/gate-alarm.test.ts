/** CI that keeps a candidate waiting for longer than its policy allows. */
import { expect, test } from '@jest/globals';
import { recordResult } from '../../../src/flows/releasing/results.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const testCase = 'acme.lab.functional';

/** A new source of `lonely`, which waits for somebody else's CI, for an hour at most. */
const aCandidate = async (): Promise<void> => {
  const another = { source: 'another', label: 'another', smokeTest: false, testCase };
  const lonely = anImage({ name: 'lonely', packages: ['musl'], ...another });
  const gating = lonely.gating.map((rule) => ({ ...rule, alarmAfter: 3600 }));
  const images = fleet.map((image) => (image.name === 'lonely' ? { ...lonely, gating } : image));
  world.definitions = { ...world.definitions, images };
  await world.run({ seed: 1, atRest: async () => true });
};

/** What is late, as the alarms said it. */
const alarms = () =>
  world.published
    .filter(({ routingKey }) => routingKey.endsWith('.flibs.gate.overdue'))
    .map(({ body }) => JSON.parse(body.toString('utf8')))
    .map(({ nvr, requirements }) => [
      nvr,
      ...requirements.map((one: { arch: string; state: string }) => `${one.arch} ${one.state}`),
    ]);

test('is an alarm, once, that names what is late', async () => {
  await aCandidate();
  expect(alarms()).toEqual([['lonely-40-2', 'aarch64 missing', 'x86_64 missing']]);
});

test('is none where all results come in time', async () => {
  world.bystander = {
    takes: ({ routingKey }) => routingKey.endsWith('.flibs.image.candidate.ready'),
    answer: async ({ body }) => {
      const { indexDigest: digest } = JSON.parse(body.toString('utf8'));
      const result = { testCase, outcome: 'PASSED', subject: { digest }, run: 'a run' } as const;
      await inFlow(world, (flow) => recordResult(flow, { origin: 'facts', reporter: 'a CI' }, result));
      return [];
    },
  };
  await aCandidate();
  const { state } = await world.environment.store.db
    .selectFrom('build')
    .select('state')
    .where('nvr', '=', 'lonely-40-2')
    .executeTakeFirstOrThrow();
  expect(state).toBe('released');
  expect(alarms()).toEqual([]);
});
