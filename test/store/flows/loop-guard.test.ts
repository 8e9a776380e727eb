/** What led to a build is looked back upon over every kind of link: parents, external bases of ours, and nominations. */
import { beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { ImageName, MessageId, Nvr } from '../../../schemas/ids.ts';
import { Nomination } from '../../../schemas/nomination.ts';
import { loopOf } from '../../../src/flows/ending/loop-guard.ts';
import { type ArchBuild, lockBuildByNvr } from '../../../src/flows/move.ts';
import { nominate } from '../../../src/flows/nominating/nominate.ts';
import { nominateAgain } from '../../../src/flows/nominating/nominate-again.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../../src/flows/planning/collect.ts';
import type { Flow } from '../../../src/runtime/consumer.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { collectNewest, inFlow, lookedAtAll } from './in-flow.ts';

let world: World;
let seconds: number;
eachInReleasedWorld((begun) => {
  world = begun;
});
beforeEach(() => {
  seconds = 0;
});

const arch = 'x86_64';

const released = async (nvr: string) => {
  const row = await world.environment.store.db
    .selectFrom('build')
    .innerJoin('arch_build', 'arch_build.build', 'build.id')
    .select(['released_message', 'manifest_digest', 'content_id'])
    .where('nvr', '=', nvr)
    .where('arch', '=', arch)
    .executeTakeFirstOrThrow();
  return {
    message: MessageId.parse(row.released_message),
    manifest: row.manifest_digest ?? '',
    content: row.content_id ?? '',
  };
};

/** A person asks, as an effect of what a release said. */
const asked = async (image: string, because?: MessageId): Promise<void> => {
  seconds += 100;
  await inFlow(
    world,
    async (now) => {
      const flow = because === undefined ? now : now.under({ ...now.cause, messageId: because });
      const nomination = Nomination.parse({
        kind: 'manual',
        distroRelease: 'F40',
        images: [image],
        severity: 'none',
        reference: 'asked',
      });
      await collect(flow, world.settings, await nominate(flow, nomination));
    },
    seconds,
  );
  await planned();
};

const planned = async (): Promise<void> => {
  await lookedAtAll(world);
  await inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), seconds + 601);
};

const archBuildOf = (flow: Flow, nvr: string): Promise<ArchBuild> =>
  flow.tx
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .selectAll('arch_build')
    .where('nvr', '=', nvr)
    .where('arch_build.arch', '=', arch)
    .executeTakeFirstOrThrow();

/** As if it were made with this content now. */
const loopAt = (nvr: string, image: string, contentId: string) =>
  inFlow(world, async (flow) =>
    loopOf(flow, await archBuildOf(flow, nvr), {
      nvr: Nvr.parse(nvr),
      image: ImageName.parse(image),
      arch,
      contentId,
    }),
  );

test('an effect of its own release', async () => {
  const { message, content } = await released('base-40-1');
  await asked('base', message);
  expect(await loopAt('base-40-2', 'base', content)).toMatchObject({ nvr: 'base-40-1' });
  expect(await loopAt('base-40-2', 'base', 'another')).toBeUndefined();
});

test('what was asked for by itself is no effect', async () => {
  const { content } = await released('base-40-1');
  await asked('base');
  expect(await loopAt('base-40-2', 'base', content)).toBeUndefined();
});

test('an effect on what it stands on', async () => {
  const { message, content } = await released('client-40-1');
  await asked('base', message);
  expect(await loopAt('client-40-2', 'client', content)).toMatchObject({
    nvr: 'client-40-1',
    reason: expect.stringContaining('(client-40-1 -> client-40-2)'),
  });
});

test('an effect by way of an external base that is an image of ours', async () => {
  const { message, content } = await released('lonely-40-1');
  await asked('base', message);
  // Nobody names base as an external base here; what the planner would write is written for it.
  const to = 'sha256:made-of-base';
  await sql`update arch_build set state = 'succeeded', manifest_digest = ${to}, content_id = 'base anew'
    from build where build.id = build and nvr = 'base-40-2' and arch = ${arch}`.execute(
    world.environment.store.db,
  );
  await asked('lonely');
  const moved = [{ kind: 'base-moved', pullspec: 'registry.test/base:latest', to, references: [] }];
  await sql`update arch_build set reasons = ${JSON.stringify(moved)}::jsonb
    from build where build.id = build and nvr = 'lonely-40-2'`.execute(world.environment.store.db);
  expect(await loopAt('lonely-40-2', 'lonely', content)).toMatchObject({
    nvr: 'lonely-40-1',
    chain: ['lonely-40-1', 'base-40-2'],
  });
});

test('an effect that was planned with a build that was rejected, and is nominated again', async () => {
  const { message, content } = await released('client-40-1');
  await asked('runtime');
  await asked('client', message);
  await inFlow(
    world,
    async (flow) => {
      const [runtime, client] = [
        await lockBuildByNvr(flow, 'runtime-40-2'),
        await lockBuildByNvr(flow, 'client-40-2'),
      ];
      if (runtime === undefined || client === undefined) throw new Error('nothing was planned');
      await sql`update arch_build set state = 'superseded', ended_at = now()`.execute(flow.tx);
      await sql`update build set state = 'superseded', ended_at = now() where ended_at is null`.execute(
        flow.tx,
      );
      await nominateAgain(flow, runtime, [client], 'rejected');
      await collectNewest(flow, world.settings);
    },
    seconds + 602,
  );
  seconds += 700;
  await planned();
  expect(await loopAt('client-40-3', 'client', content)).toMatchObject({ nvr: 'client-40-1' });
});
