/** Candidates before the gate: which results count, what is stored of a decision, and which release tags follow. */
import { expect, test } from '@jest/globals';
import { Digest } from '../../../schemas/ids.ts';
import { releaseRepository } from '../../../src/flows/registry-paths.ts';
import { considerGate } from '../../../src/flows/releasing/gate.ts';
import { type Result, recordResult } from '../../../src/flows/releasing/results.ts';
import { decideImage } from '../../../src/gating/decide-image.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { rowsOf } from '../an-environment.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, unsent } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const testCase = 'somebody.else.functional';

/** A new source of `lonely`, which waits for somebody else's CI. */
const aCandidate = async (source: string): Promise<void> => {
  const lonely = anImage({ name: 'lonely', packages: ['musl'], source, label: source, testCase });
  const images = fleet.map((image) => (image.name === 'lonely' ? lonely : image));
  world.definitions = { ...world.definitions, images };
  await world.run({ seed: 1 });
};

const buildOf = (nvr: string) =>
  world.environment.store.db.selectFrom('build').selectAll().where('nvr', '=', nvr).executeTakeFirstOrThrow();

const digestOf = async (nvr: string): Promise<Digest> => Digest.parse((await buildOf(nvr)).index_digest);

const report = (digest: string, more: Partial<Result> = {}) =>
  inFlow(world, (flow) =>
    recordResult(
      flow,
      { origin: 'upstream', reporter: 'somebody' },
      {
        testCase,
        outcome: 'PASSED',
        subject: { digest },
        run: 'run 1',
        ...more,
      },
    ),
  );

const decisions = async () =>
  world.environment.store.db.selectFrom('decision').selectAll().orderBy('id').execute();

test('a decision is stored with its inputs, from which it follows again', async () => {
  await aCandidate('another');
  const all = await decisions();
  expect(all.length).toBeGreaterThan(4);
  for (const { inputs, state, requirements, summary } of all)
    expect(decideImage(JSON.parse(JSON.stringify(inputs)))).toEqual({ state, requirements, summary });
});

test('a result for another digest is no result for the candidate', async () => {
  await aCandidate('another');
  const before = await decisions();
  await report(await digestOf('lonely-40-1'));
  await report(`sha256:${'0'.repeat(64)}`);
  await inFlow(world, (flow) => considerGate(flow, world.settings, 'lonely-40-2'));
  expect(await decisions()).toHaveLength(before.length);
  expect((await buildOf('lonely-40-2')).state).toBe('testing');
  await report(await digestOf('lonely-40-2'));
  await world.run({ seed: 1 });
  expect((await buildOf('lonely-40-2')).state).toBe('released');
});

test('the same result twice counts once', async () => {
  await aCandidate('another');
  const digest = await digestOf('lonely-40-2');
  const before = (await rowsOf(world.environment.store, 'result')).length;
  await Promise.all([report(digest), report(digest)]);
  await report(digest);
  expect(await rowsOf(world.environment.store, 'result')).toHaveLength(before + 1);
  expect(await unsent(world, 'flibs.result.recorded')).toHaveLength(1);
});

test('tags never move back to an older candidate that passes late', async () => {
  await aCandidate('second');
  await aCandidate('third');
  await report(await digestOf('lonely-40-2'), { outcome: 'FAILED', run: 'the first run' });
  await world.run({ seed: 1 });
  expect((await buildOf('lonely-40-2')).state).toBe('rejected');
  await report(await digestOf('lonely-40-3'));
  await world.run({ seed: 1 });
  expect((await buildOf('lonely-40-3')).state).toBe('released');
  await report(await digestOf('lonely-40-2'));
  await world.run({ seed: 1 });
  expect((await buildOf('lonely-40-2')).state).toBe('superseded');
  const { latest } = world.registry.tagsOf(releaseRepository(world.settings, 'lonely'));
  expect(latest).toBe(await digestOf('lonely-40-3'));
});

test('an older candidate is released first where its result comes first', async () => {
  await aCandidate('second');
  await aCandidate('third');
  for (const nvr of ['lonely-40-2', 'lonely-40-3']) {
    await report(await digestOf(nvr));
    await world.run({ seed: 1 });
    expect((await buildOf(nvr)).state).toBe('released');
    const { latest } = world.registry.tagsOf(releaseRepository(world.settings, 'lonely'));
    expect(latest).toBe(await digestOf(nvr));
  }
});
