/** What a waiver makes of a candidate of ours. */
import { describe, expect, test } from '@jest/globals';
import { gateOf } from '../../../src/api/queries/gate.ts';
import { type Result, recordResult } from '../../../src/flows/releasing/results.ts';
import { recordWaivers, type WantedWaiver } from '../../../src/flows/releasing/waivers.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const testCase = 'acme.lab.functional';
const nvr = 'lonely-40-2';
const ann = { id: 7, name: 'ann', scopes: ['waivers'], testCases: null } as const;

/** Comes to rest while somebody else tests. */
const run = () => world.run({ seed: 1, atRest: async () => true });

/** A new source of `lonely`, which waits for somebody else's CI. */
const aCandidate = async (): Promise<void> => {
  const lonely = anImage({
    name: 'lonely',
    packages: ['musl'],
    source: 'another',
    label: 'another',
    testCase,
  });
  const images = fleet.map((image) => (image.name === 'lonely' ? lonely : image));
  world.definitions = { ...world.definitions, images };
  await run();
  expect(await state()).toBe('testing');
};

const buildRow = () =>
  world.environment.store.db.selectFrom('build').selectAll().where('nvr', '=', nvr).executeTakeFirstOrThrow();
const state = async () => (await buildRow()).state;

const waive = async (more: Partial<WantedWaiver> = {}) => {
  const wanted = { subjectIdentifier: nvr, testCase, waived: true, comment: 'the lab is down', ...more };
  const [row] = await inFlow(world, (flow) => recordWaivers(flow, [wanted], ann));
  await run();
  return row;
};

const report = async (outcome: Result['outcome'], more: Partial<Result> = {}) => {
  const digest = (await buildRow()).index_digest ?? '';
  await inFlow(world, (flow) =>
    recordResult(
      flow,
      { origin: 'upstream', reporter: 'somebody' },
      { testCase, outcome, subject: { digest }, run: `${outcome} run`, ...more },
    ),
  );
  await run();
};

/** Of all decisions, oldest first, once the image's own test has passed. */
const summaries = async () => {
  const { id } = await buildRow();
  const { db } = world.environment.store;
  const rows = await db.selectFrom('decision').selectAll().where('build', '=', id).orderBy('id').execute();
  const lonely = rows.filter(({ requirements: all }) =>
    all.every((one) => one.testCase === testCase || one.state === 'passed'),
  );
  return lonely.map(({ summary }) => summary);
};

const requirements = async () => {
  const gate = await gateOf(world.environment.store.db, nvr);
  return gate?.requirements
    .filter((requirement) => requirement.testCase === testCase)
    .map((requirement) => `${requirement.arch} ${requirement.state}`)
    .sort();
};

describe('a waiver by NVR', () => {
  test('releases a candidate that lacks nothing else', async () => {
    await aCandidate();
    await waive();
    expect(await requirements()).toEqual(['aarch64 waived', 'x86_64 waived']);
    expect(await state()).toBe('released');
  });

  test('has the product version of the distro release, and one for another is refused', async () => {
    await aCandidate();
    await expect(waive({ productVersion: 'fedora-39' })).rejects.toThrow(
      'a waiver for fedora-39 would not count: lonely-40-2 is of fedora-40',
    );
    expect(await waive()).toMatchObject({ product_version: 'fedora-40', username: 'ann' });
  });

  test('brings a rejected build back, and it is released', async () => {
    await aCandidate();
    await report('FAILED');
    expect(await state()).toBe('rejected');
    await waive();
    expect(await state()).toBe('released');
  });

  test('for one arch leaves the others asked for', async () => {
    await aCandidate();
    await waive({ arch: 'aarch64' });
    expect(await requirements()).toEqual(['aarch64 waived', 'x86_64 missing']);
    expect(await state()).toBe('testing');
    await report('PASSED', { arch: 'x86_64' });
    expect(await state()).toBe('released');
  });

  test('that is taken back in time lets nothing through', async () => {
    await aCandidate();
    await waive({ arch: 'aarch64' });
    await waive({ arch: 'aarch64', waived: false });
    expect(await requirements()).toEqual(['aarch64 missing', 'x86_64 missing']);
  });

  test('that has expired is as if it had never been made', async () => {
    await aCandidate();
    await waive({ arch: 'aarch64', expires: new Date(Date.now() + world.aheadMs + 3_600_000) });
    expect(await summaries()).toEqual([
      'Of 4 required tests, 2 results missing',
      'Of 4 required tests, 1 result missing',
      'Of 4 required tests, 2 results missing',
    ]);
    expect(await state()).toBe('testing');
  });
});

test('a waiver of one result forgives that result and no later failure', async () => {
  await aCandidate();
  await report('FAILED', { arch: 'x86_64' });
  const { id } = await world.environment.store.db
    .selectFrom('result')
    .select('id')
    .where('test_case', '=', testCase)
    .executeTakeFirstOrThrow();
  await waive({ result: id, subjectIdentifier: undefined, testCase: undefined });
  expect(await requirements()).toEqual(['aarch64 missing', 'x86_64 waived']);
  await report('FAILED', { arch: 'x86_64', run: 'another run' });
  expect(await requirements()).toEqual(['aarch64 missing', 'x86_64 failed']);
});

test('a waiver by index digest counts as one by NVR', async () => {
  await aCandidate();
  await waive({ subjectIdentifier: (await buildRow()).index_digest ?? '' });
  expect(await state()).toBe('released');
});
