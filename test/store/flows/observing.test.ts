/** Plans that are written down and not carried out. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Nomination } from '../../../schemas/nomination.ts';
import { buildByHand, reconcileByHand } from '../../../src/flows/asking/by-hand.ts';
import { nominate } from '../../../src/flows/nominating/nominate.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import { forgetObserved } from '../../../src/flows/planning/observe.ts';
import { aReleasedWorld } from '../../simulation/world.ts';
import { anEnvironment, rowsOf } from '../an-environment.ts';
import { inFlow, lookedAtAll, unsent } from './in-flow.ts';

let close: () => Promise<void>;
let begin: Awaited<ReturnType<typeof aReleasedWorld>>;
beforeAll(async () => {
  const opened = await anEnvironment();
  close = opened.close;
  begin = await aReleasedWorld(opened.environment);
});
afterAll(() => close());

test('what was only observed is as if nobody had looked at it once flibs builds', async () => {
  const world = await begin();
  const observing = { ...world.settings, observe: true };
  const overlooked = () => inFlow(world, (flow) => reconcileByHand(flow, world.settings, true), 4);
  await inFlow(world, (flow) =>
    sql`insert into offer (distro_release, repository, arch, name, epoch, version, release, rpm_arch, source_name,
        source_evr, since)
      select 'F40', 'updates', arch, 'openssl-libs', 0, '2.0', '1.fc40', arch, 'openssl', '2.0-1.fc40', ${flow.now}
      from unnest(array['x86_64', 'aarch64']) as arch`.execute(flow.tx),
  );
  await inFlow(
    world,
    async (flow) => {
      const nomination = Nomination.parse({
        kind: 'packages',
        distroRelease: 'F40',
        sources: [{ name: 'openssl', version: '2.0', release: '1.fc40' }],
        severity: 'critical',
        reference: 'an update',
      });
      await collect(flow, observing, await nominate(flow, nomination));
    },
    1,
  );
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
