/** What people ask of a world that is at rest: what if, why not, and all of it as a file. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Inventory } from '../../../schemas/files/inventory.ts';
import { ImageName } from '../../../schemas/ids.ts';
import { Pause } from '../../../schemas/pause.ts';
import { explainWhatIf } from '../../../src/flows/asking/explain.ts';
import { exportInventory } from '../../../src/flows/asking/export-inventory.ts';
import { whyNot } from '../../../src/flows/asking/why-not.ts';
import { pause } from '../../../src/flows/pausing/pause.ts';
import { problemsOf } from '../../../src/planning/files/check.ts';
import { whatIfOn } from '../../../src/planning/files/what-if-files.ts';
import type { PauseNote } from '../../../src/planning/paused.ts';
import type { Hypothesis } from '../../../src/planning/what-if.ts';
import { aReleasedWorld } from '../../simulation/a-released-world.ts';
import { fedora, fleet, onFedora } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { inFlow } from './in-flow.ts';

let close: () => Promise<void>;
let world: World;
beforeAll(async () => {
  const base = { 'openssl-libs': '1.0' };
  const images = [...fleet, onFedora('guest', { bestEffort: ['aarch64'], onWithdrawal: 'rebuild' })];
  const released = await aReleasedWorld(images, { [fedora]: { x86_64: base, aarch64: base } });
  close = released.close;
  world = await released.begin();
});
afterAll(() => close());

const nothing: Hypothesis = { sources: [], modules: [], bases: [], images: [] };
const asked = (hypothesis: Partial<Hypothesis>) =>
  world.environment.store.transaction((tx) => explainWhatIf(tx, { ...nothing, ...hypothesis }));

const exported = async (atOnce?: { images: number; offers: number }): Promise<Inventory> => {
  let text = '';
  for await (const part of exportInventory(world.environment.store.db, atOnce)) text += part;
  return Inventory.parse(JSON.parse(text));
};

const named = (builds: Awaited<ReturnType<typeof asked>>['builds']) => builds.map(({ image }) => image);
const image = (name: string) => ImageName.parse(name);

describe('what-if', () => {
  test('an image whose source changed is rebuilt, and what stands on it', async () => {
    const { builds } = await asked({ images: [image('runtime')] });
    expect(named(builds)[0]).toBe('runtime');
    expect(builds[0]?.arches[0]?.reasons).toEqual(['its source changed (what-if)']);
    expect(named(builds)).toContain('client');
    expect(named(builds)).not.toContain('base');
  });

  test.each([
    [{ images: [image('ghost')] }, 'there is no image ghost'],
    [{ bases: ['registry.example/nothing'] }, 'no image is built from registry.example/nothing'],
  ])('%j is refused by name', async (hypothesis, message) => {
    await expect(asked(hypothesis)).rejects.toThrow(message);
  });

  test('tells how long it would take at the least, by what such builds took before', async () => {
    const { store } = world.environment;
    await store.db.updateTable('worker').set({ slots: 100, announced_at: sql<Date>`now()` }).execute();
    await store.db.updateTable('build_duration').set({ seconds: 10 }).execute();
    await store.db
      .updateTable('build_duration')
      .set({ seconds: 30 })
      .where('image', '=', 'runtime')
      .execute();
    const depth = { builds: 0, seconds: 0 };
    const { builds, expectedSeconds } = await asked({ images: [image('runtime')] });
    for (let above: readonly string[] = ['runtime']; above.length > 0; depth.builds += 1) {
      depth.seconds += above.includes('runtime') ? 30 : 10;
      const now = above;
      above = builds.flatMap((build) => (now.includes(build.parent ?? '') ? [build.image] : []));
    }
    expect(depth.builds).toBeGreaterThan(1);
    expect(expectedSeconds).toBe(depth.seconds);
  });

  test('does not tell how long where an arch has no worker', async () => {
    const { store } = world.environment;
    await store.db
      .updateTable('worker')
      .set({ announced_at: new Date(0) })
      .execute();
    expect((await asked({ images: [image('runtime')] })).expectedSeconds).toBeNull();
  });

  test('a security update of what an image has from an external base is taken to be one', async () => {
    const { builds } = await asked({ sources: ['openssl-9-1'] });
    const guest = builds.find((build) => build.image === 'guest');
    expect(guest?.arches[0]?.reasons.join()).toContain(`inherited from ${fedora} and upgraded upon it`);
  });

  test('of a module that nobody has, nothing is rebuilt', async () => {
    expect(named((await asked({ modules: ['nodejs:20:1:aa'] })).builds)).toEqual([]);
  });
});

describe('the inventory', () => {
  test('holds every image, once, and fits together', async () => {
    const inventory = await exported();
    expect(problemsOf(inventory)).toEqual([]);
    const rows = await world.environment.store.db
      .selectFrom('image')
      .select('name')
      .where('to_revision', 'is', null)
      .orderBy('name')
      .execute();
    expect(inventory.images.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
    expect(inventory.offers.length).toBeGreaterThan(0);
  });

  test('tells what people and definitions decide', async () => {
    const { db } = world.environment.store;
    const { id } = await db
      .insertInto('pause')
      .values({ scope: 'automatic', paused_by: 'ann', reason: 'mending', paused_at: new Date(0) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const rule = { name: 'slow', action: 'limit', image: ['*'], perHour: 2, people: false };
    await db
      .insertInto('rule')
      .values({ name: 'slow', from_revision: 1, place: 0, definition: JSON.stringify(rule) })
      .execute();
    const { distroReleases, rules, pauses, images } = await exported();
    await db.deleteFrom('rule').execute();
    await db.deleteFrom('pause').where('id', '=', id).execute();
    expect(distroReleases).toEqual([{ name: 'F40', hold: { hours: 0, atDeadline: 'alarm' } }]);
    expect(rules).toEqual([rule]);
    expect(pauses).toEqual([{ scope: 'automatic', by: 'ann', reason: 'mending' }]);
    expect(images.find(({ name }) => name === 'guest')).toMatchObject({
      bestEffort: ['aarch64'],
      policy: { onWithdrawal: 'rebuild' },
    });
  });

  test('is the same however much of it is read at once', async () => {
    const rpms = ({ offers }: Inventory) =>
      offers.flatMap((offer) => offer.rpms.map((rpm) => [offer.arch, rpm]));
    const whole = await exported();
    const inPieces = await exported({ images: 2, offers: 3 });
    expect(inPieces.images).toEqual(whole.images);
    expect(rpms(inPieces)).toEqual(rpms(whole));
  });

  test.each<Partial<Hypothesis>>([
    { sources: ['openssl-9-1'] },
    { sources: ['curl-9-1', 'musl-9-1'] },
    { sources: ['openssl-0-1'] },
    { sources: ['nowhere-1-1'], modules: ['nowhere:1:1:a'] },
    { images: [image('base')] },
    { bases: [fedora] },
  ])('answers %j as the store does', async (hypothesis) => {
    const { builds, remarks } = whatIfOn(await exported(), { ...nothing, ...hypothesis });
    const online = await asked(hypothesis);
    const byImage = (all: typeof builds) => [...all].sort((a, b) => (a.image < b.image ? -1 : 1));
    expect(byImage(builds)).toEqual(byImage(online.builds));
    expect(remarks).toEqual(online.remarks);
  });
});

describe('why-not', () => {
  const ask = (name: string, source: string) =>
    world.environment.store.transaction((tx) => whyNot(tx, image(name), source));

  test('tells the reason, arch by arch', async () => {
    const { distroRelease, arches } = await ask('client', 'openssl');
    expect(distroRelease).toBe('F40');
    expect(arches.length).toBeGreaterThan(0);
    for (const { planned, reasons } of arches) {
      expect(planned).toBe(false);
      expect(reasons).not.toEqual([]);
    }
  });

  test('takes an NVR as well', async () => {
    expect((await ask('client', 'openssl-9-1')).arches).toEqual((await ask('client', 'openssl')).arches);
  });

  test('of a source that nothing has says so', async () => {
    const { arches } = await ask('lonely', 'not-installed');
    expect(arches.flatMap(({ reasons }) => reasons)).toContain('holds nothing built from not-installed');
  });

  test('of what it has from below says from where', async () => {
    const { arches } = await ask('client', 'openssl');
    expect(arches.flatMap(({ reasons }) => reasons)).toContain(
      'inherited from base, where nothing newer is on offer',
    );
  });

  test('names what is under way', async () => {
    let underWay: unknown;
    const looking = world.environment.store.transaction(async (tx) => {
      const { build } = await tx
        .updateTable('arch_build')
        .set({ state: 'running', ended_at: null })
        .where('image', '=', 'client')
        .where('arch', '=', 'x86_64')
        .returning('build')
        .executeTakeFirstOrThrow();
      await tx.updateTable('build').set({ ended_at: null }).where('id', '=', build).execute();
      ({ underWay } = await whyNot(tx, image('client'), 'openssl'));
      throw new Error('nothing of it is to stay');
    });
    await expect(looking).rejects.toThrow('nothing of it is to stay');
    expect(underWay).toEqual([{ nvr: 'client-40-1', arch: 'x86_64', state: 'running' }]);
  });

  test('refuses an image that there is not', async () => {
    await expect(ask('ghost', 'openssl')).rejects.toThrow('there is no image ghost');
  });
});

describe('what people have paused', () => {
  const paused = async (...pauses: readonly object[]) => {
    await world.environment.store.db.deleteFrom('pause').execute();
    for (const each of pauses) await inFlow(world, (flow) => pause(flow, Pause.parse({ ...terms, ...each })));
  };
  const terms = { by: 'ann', reason: 'mending' };
  const everything = { scope: 'everything', until: '2099-12-01T08:00:00.000Z' };
  const runtime = { scope: 'image', image: 'runtime' };
  afterEach(() => paused());
  const notes = ({ paused: told }: { readonly paused: readonly PauseNote[] }) => told.map(({ what }) => what);

  test('is told with what would happen, where it is about that', async () => {
    await paused(everything, runtime);
    const answer = await asked({ images: [image('base')] });
    expect(answer.paused[0]).toMatchObject({ ...terms, what: 'everything', until: everything.until });
    expect(notes(answer)).toEqual(['everything', 'runtime']);
    expect(named(answer.builds)).not.toContain('runtime');
    expect(notes(await asked({ images: [image('lonely')] }))).toEqual(['everything']);
  });

  test('is told with why an image is not rebuilt, be it the image or what it stands on', async () => {
    await paused(runtime, { scope: 'image', image: 'lonely' });
    const answer = (name: string) =>
      world.environment.store.transaction(async (tx) => {
        const openssl = tx.updateTable('offer').where('source_name', '=', 'openssl');
        await openssl.set({ version: '2.0' }).execute();
        const told = await whyNot(tx, image(name), 'openssl');
        await openssl.set({ version: '1.0' }).execute();
        return told;
      });
    expect(notes(await answer('runtime'))).toEqual(['runtime']);
    expect(notes(await answer('client'))).toEqual(['runtime']);
    expect(notes(await answer('base'))).toEqual([]);
  });
});
