/** The reconciler finds what no message told, once, and leaves alone what a rebuild has looked at. */
import { beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { cancelRebuild, reconcileByHand } from '../../../src/flows/asking/by-hand.ts';
import { reconcile } from '../../../src/flows/nominating/reconcile.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { collectNewest, inFlow, lookedAtAll, offered } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

let lastBefore: number;
beforeEach(async () => {
  const { rows } = await sql<{ last: number }>`select coalesce(max(id), 0) as last from nomination`.execute(
    world.environment.store.db,
  );
  lastBefore = Number(rows[0]?.last);
});

const silently = (name: string, source: string, version: string) => offered(world, name, source, version);

const nominations = async () => {
  const { rows } = await sql<{ kind: string; target: string }>`
    select kind, target from nomination join nomination_target on nomination = nomination.id
    where nomination.id > ${lastBefore} order by target`.execute(world.environment.store.db);
  return rows.map(({ kind, target }) => `${kind} ${target}`);
};

test('nothing is overlooked in a world that is as new as its repositories', async () => {
  expect(await inFlow(world, (flow) => reconcile(flow, false))).toEqual([]);
  expect(await inFlow(world, (flow) => reconcileByHand(flow, world.settings, true))).toEqual({
    did: 'nothing was overlooked',
  });
});

test('what is newer on offer is nominated by its source, once; what is older is not', async () => {
  await silently('openssl-libs', 'openssl', '2.0');
  await silently('curl', 'curl', '0.9');
  await silently('not-installed', 'not-installed', '2.0');
  await inFlow(world, (flow) => reconcile(flow, false), 1);
  await inFlow(world, (flow) => reconcile(flow, false), 2);
  expect(await nominations()).toEqual(['packages openssl']);
});

test('what only an older build has of an image that others stand on is nominated too', async () => {
  await inFlow(world, async (flow) => {
    await sql`
      insert into manifest (digest, parent_digest, image, arch, content_id, content_list, recorded_at)
      select 'sha256:without-' || arch, null, 'base', arch, 'sha256:0', 'sha256:0', now()
      from unnest(array['x86_64', 'aarch64']) as arch`.execute(flow.tx);
    await sql`update current set manifest = 'sha256:without-' || arch where image = 'base'`.execute(flow.tx);
  });
  await silently('openssl-libs', 'openssl', '2.0');
  await inFlow(world, (flow) => reconcile(flow, false), 1);
  expect(await nominations()).toEqual(['packages openssl']);
});

test('a dry run tells it and nominates nothing', async () => {
  await silently('openssl-libs', 'openssl', '2.0');
  expect(await inFlow(world, (flow) => reconcileByHand(flow, world.settings, true), 1)).toEqual({
    did: 'F40: newer on offer: openssl (not nominated)',
  });
  expect(await nominations()).toEqual([]);
});

test('a dry run lists what was withdrawn and would be nominated again, now that it is listed no more', async () => {
  await inFlow(world, async (flow) => {
    const { id } = await flow.tx.selectFrom('nomination').select('id').limit(1).executeTakeFirstOrThrow();
    const withdrawal = { distro_release: 'F40', source: 'openssl', version: '0.9', release: '1.fc40' };
    const row = {
      reference: 'f40-updates',
      nomination: id,
      listed_arches: ['x86_64' as const],
      at: flow.now,
    };
    await flow.tx
      .insertInto('withdrawal')
      .values({ ...withdrawal, ...row })
      .execute();
  });
  expect(await inFlow(world, (flow) => reconcileByHand(flow, world.settings, true), 1)).toEqual({
    did: 'F40: withdrawn, and listed no more: openssl-0.9-1.fc40 (not nominated)',
  });
  expect(await nominations()).toEqual([]);
  await inFlow(world, (flow) => reconcileByHand(flow, world.settings, false), 2);
  expect(await nominations()).toEqual(['withdrawal openssl-0.9-1.fc40']);
});

test('what a rebuild has looked at is not nominated again, whatever became of it', async () => {
  await silently('openssl-libs', 'openssl', '2.0');
  await inFlow(world, (flow) => reconcile(flow, false), 1);
  await inFlow(
    world,
    async (flow) => {
      await collectNewest(flow, world.settings);
    },
    2,
  );
  await lookedAtAll(world);
  await inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), 700);
  await sql`update build set state = 'failed', ended_at = now() where state = 'planned'`.execute(
    world.environment.store.db,
  );
  expect(await inFlow(world, (flow) => reconcile(flow, false), 800)).toEqual([]);
});

test('an image that was never built, or of another source, is nominated', async () => {
  const never = anImage({ name: 'never', packages: ['musl'] });
  const changed = anImage({ name: 'lonely', packages: ['musl'], source: 'another' });
  await inFlow(world, async (flow) => {
    for (const definition of [never, changed]) {
      await sql`delete from image where name = ${definition.name}`.execute(flow.tx);
      await sql`
        insert into image (name, from_revision, distro_release, definition)
        select ${definition.name}, max(id), 'F40', ${JSON.stringify(definition)}::jsonb from definitions_revision`.execute(
        flow.tx,
      );
    }
    await sql`delete from nomination_target`.execute(flow.tx);
  });
  expect(await inFlow(world, (flow) => reconcile(flow, false), 1)).toMatchObject([
    { images: ['lonely', 'never'], sources: [] },
  ]);
  expect(await nominations()).toEqual(['sources lonely', 'sources never']);
  expect(fleet.map(({ name }) => name)).not.toContain('never');
});

test('what a person cancelled before any plan looked at it is still overlooked; the person is told what goes', async () => {
  await silently('openssl-libs', 'openssl', '2.0');
  const rebuild = await inFlow(world, async (flow) => {
    await reconcile(flow, false);
    await collect(flow, world.settings, lastBefore + 1);
    return flow.tx
      .selectFrom('rebuild')
      .select(['id', 'reference'])
      .where('state', '=', 'collecting')
      .executeTakeFirstOrThrow();
  });
  const { did } = await inFlow(world, (flow) => cancelRebuild(flow, world.settings, rebuild.id), 1);
  expect(did).toContain(`before it was planned, and with it: ${rebuild.reference}. `);
  expect((await inFlow(world, (flow) => reconcileByHand(flow, world.settings, true), 2)).did).toBe(
    'F40: newer on offer: openssl (not nominated)',
  );
});
