/** Plans that are written down and not carried out. */
import { expect, test } from '@jest/globals';
import { buildByHand, reconcileByHand } from '../../../src/flows/asking/by-hand.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import { forgetObserved } from '../../../src/flows/planning/observe.ts';
import { releasedWorlds } from '../../simulation/released-worlds.ts';
import { rowsOf } from '../an-environment.ts';
import { collectUpdate, inFlow, lookedAtAll, offered, unsent } from './in-flow.ts';

const { begin } = releasedWorlds();

test('what was only observed is as if nobody had looked at it once flibs builds', async () => {
  const world = await begin();
  const observing = { ...world.settings, observe: true };
  const overlooked = () => inFlow(world, (flow) => reconcileByHand(flow, world.settings, true), 4);
  await offered(world, 'openssl-libs', 'openssl', '2.0');
  const update = { source: 'openssl', version: '2.0', severity: 'critical', reference: 'an update' } as const;
  await inFlow(world, (flow) => collectUpdate(flow, observing, update), 1);
  await lookedAtAll(world);
  await inFlow(world, (flow) => closeRebuild(flow, observing, 'F40'), 2);
  expect(await overlooked()).toEqual({ did: 'nothing was overlooked' });
  await inFlow(world, (flow) => forgetObserved(flow), 3);
  expect((await overlooked()).did).toBe('F40: newer on offer: openssl (not nominated)');
});

test('a plan ends in the transaction that made it, with its reasons, and says that it was only observed', async () => {
  const world = await begin();
  const { store } = world.environment;
  const current = await rowsOf(store, 'current');
  await inFlow(world, async (flow) => {
    const { nomination } = await buildByHand(flow, 'base');
    if (nomination !== undefined) await collect(flow, world.settings, nomination);
  });
  await lookedAtAll(world);
  await inFlow(world, (flow) => closeRebuild(flow, { ...world.settings, observe: true }, 'F40'), 1);
  const builds = await store.db
    .selectFrom('build')
    .innerJoin('arch_build', 'arch_build.build', 'build.id')
    .innerJoin('build_cause', 'build_cause.build', 'build.id')
    .innerJoin('rebuild', 'rebuild.id', 'build_cause.rebuild')
    .select(['build.image', 'build.state', 'arch_build.state as archState', 'rebuild.state as rebuild'])
    .where('build.ended_at', 'is not', null)
    .where('build.state', '!=', 'released')
    .execute();
  expect(builds.length).toBeGreaterThan(2);
  for (const build of builds)
    expect(build).toMatchObject({ state: 'cancelled', archState: 'cancelled', rebuild: 'finished' });
  expect(await unsent(world, 'flibs.rebuild.planned')).toEqual([expect.objectContaining({ observed: true })]);
  expect(await rowsOf(store, 'current')).toEqual(current);
});
