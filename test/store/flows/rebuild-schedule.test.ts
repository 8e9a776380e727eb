/** A finished rebuild tells how near it came to what no order of its work could stay below. */
import { expect, test } from '@jest/globals';
import { RebuildFinished } from '../../../schemas/events/planning.ts';
import { finishRebuild } from '../../../src/flows/ending/rebuild-ends.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, unsent } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

test('with its pools, its longest chain and its time, in the store and on the bus', async () => {
  const { db } = world.environment.store;
  const planned = new Date('2026-01-01T00:00:00Z');
  const after = (seconds: number) => new Date(planned.getTime() + seconds * 1000);
  // Every arch build of the first rebuild took a minute, `base` two; the last ended after ten.
  await db
    .updateTable('run')
    .set({ started_at: planned, ended_at: after(60) })
    .execute();
  const ofBase = db.selectFrom('arch_build').select('id').where('image', '=', 'base');
  await db
    .updateTable('run')
    .set({ ended_at: after(120) })
    .where('arch_build', 'in', ofBase)
    .execute();
  const last = db.selectFrom('arch_build').select('id').where('image', '=', 'server');
  const late = { started_at: after(540), ended_at: after(600) };
  await db.updateTable('run').set(late).where('arch_build', 'in', last).execute();
  const rebuild = await db
    .updateTable('rebuild')
    .set({ state: 'running', planned_at: planned })
    .where('id', '=', (eb) => eb.selectFrom('build_cause').select((all) => all.fn.min('rebuild').as('first')))
    .returningAll()
    .executeTakeFirstOrThrow();

  await inFlow(world, (flow) => finishRebuild(flow, rebuild, 'a test ends it'));

  const { schedule } = await db
    .selectFrom('rebuild')
    .select('schedule')
    .where('id', '=', rebuild.id)
    .executeTakeFirstOrThrow();
  // Two workers of one arch and two slots each, one of both and one slot: 3 slots an arch, 5 for both.
  // The two leaves begin after 180 s and are a minute's work each.
  const pool = { slots: 3, archBuilds: 5, workSeconds: 360, boundSeconds: 220 };
  expect(schedule).toEqual({
    seconds: 600,
    boundSeconds: 240,
    criticalPathSeconds: 240,
    pools: [
      { arch: 'aarch64', ...pool },
      { arch: 'x86_64', ...pool },
    ],
  });
  const said = (await unsent(world, 'flibs.rebuild.finished')).map((body) =>
    RebuildFinished.body.parse(body),
  );
  expect(said.map((body) => body.schedule)).toEqual([schedule]);
});
