/** One arch build waits per image and arch; causes meet there, and tie it to many rebuilds. */
import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { cancelBuild, cancelRebuild } from '../../../src/flows/asking/by-hand.ts';
import { lookAtRepository } from '../../../src/flows/looking/look-at-repository.ts';
import { Look, looked } from '../../../src/flows/looking/repositories.ts';
import { closeRebuild } from '../../../src/flows/planning/close-rebuild.ts';
import { release } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { collectUpdate, inFlow, unsent } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const query = async (text: string): Promise<readonly Record<string, unknown>[]> =>
  (await sql<Record<string, unknown>>`${sql.raw(text)}`.execute(world.environment.store.db)).rows;

const lookAtAll = async (seconds: number): Promise<void> => {
  const { store } = world.environment;
  for (const arch of release.arches) {
    const [repository] = release.repositories;
    const wantedAt = new Date(Date.now() + world.aheadMs + seconds * 1000).toISOString();
    const look = Look.parse({ distroRelease: 'F40', arch, releasever: '40', repository, wantedAt });
    const { signal } = new AbortController();
    const found = await lookAtRepository(store, look, signal, world.repositories.read);
    await inFlow(world, (flow) => looked(flow, world.settings, look, found), seconds);
  }
};

let seconds = 0;

/** An update is published, named, looked at and planned. @returns the rebuild */
const update = async (
  source: string,
  version: string,
  { severity = 'low', on }: { severity?: Severity; on?: readonly Arch[] } = {},
): Promise<number> => {
  world.repositories.publish(source, version, on);
  seconds += 700;
  await inFlow(
    world,
    async (flow) => {
      await collectUpdate(flow, world.settings, {
        source: source,
        version,
        severity,
        reference: `${source} ${version}`,
      });
    },
    seconds,
  );
  await lookAtAll(seconds + 1);
  await inFlow(world, (flow) => closeRebuild(flow, world.settings, 'F40'), seconds + 601);
  const [newest] = await query('select max(id) as id from rebuild');
  return Number(newest?.['id']);
};

/** `base-40-2 x86_64 ready`, of everything that is not released. */
const archBuilds = async (): Promise<readonly string[]> =>
  (
    await query(`select build.nvr, arch_build.arch, arch_build.state from arch_build
      join build on build.id = arch_build.build where build.release_number > 1 order by arch_build.id`)
  ).map(({ nvr, arch, state }) => `${nvr} ${arch} ${state}`);

const causesOf = async (nvr: string): Promise<readonly unknown[]> =>
  (
    await query(
      `select rebuild from build_cause join build on build.id = build where nvr = '${nvr}' order by rebuild`,
    )
  ).map(({ rebuild }) => rebuild);

const set = (what: string, nvr: string, arch: string) =>
  query(`update arch_build set ${what} from build where build.id = arch_build.build and nvr = '${nvr}'
    and arch_build.arch = '${arch}'`);

const followUps = () =>
  query(`select image, arch, outcome from follow_up order by image, arch`).then((rows) =>
    rows.map(({ image, arch, outcome }) => `${image} ${arch}: ${outcome ?? 'open'}`),
  );

test('a cause that meets a waiting arch build joins it: reasons, proofs, severity and rebuilds are added', async () => {
  const first = await update('openssl', '2.0');
  const before = await archBuilds();
  const second = await update('glibc', '2.0', { severity: 'moderate' });
  expect(await archBuilds()).toEqual(before);
  expect(await causesOf('base-40-2')).toEqual([first, second]);
  expect(await causesOf('client-40-2')).toEqual([first, second]);
  const [base] = await query(
    `select reasons, proofs, build.severity, arch_build.severity as ordered_by from arch_build
      join build on build.id = build where nvr = 'base-40-2'`,
  );
  expect(base).toMatchObject({
    severity: 'moderate',
    ordered_by: 'moderate',
    reasons: [
      { kind: 'package', name: 'glibc', references: ['glibc 2.0'] },
      { kind: 'package', name: 'openssl-libs', references: ['openssl 2.0'] },
    ],
    proofs: [{ name: 'glibc' }, { name: 'openssl-libs' }],
  });
  const said = await unsent(world, 'flibs.rebuild.planned');
  expect(said.at(-1)).toMatchObject({ buildCount: 0, joinedCount: 4, rebuild: second });
});

test('an image that is not being built is planned though others of its distro release are', async () => {
  await update('openssl', '2.0');
  const rebuild = await update('musl', '2.0');
  expect(await causesOf('lonely-40-2')).toEqual([rebuild]);
  expect(await query('select * from follow_up')).toEqual([]);
});

test('the same update told again, or an older one told late, changes nothing but the record', async () => {
  await update('openssl', '3.0');
  const before = await archBuilds();
  const states = await query('select id, proofs from arch_build order by id');
  const again = await update('openssl', '2.0');
  expect(await archBuilds()).toEqual(before);
  expect(await query('select id, proofs from arch_build order by id')).toEqual(states);
  expect(await causesOf('base-40-2')).toContain(again);
});

describe('an arch build that runs', () => {
  const running = async () => {
    const first = await update('openssl', '2.0');
    await set(`state = 'running'`, 'base-40-2', 'x86_64');
    return first;
  };

  test('keeps a new cause for later, while the other arch takes it on', async () => {
    await running();
    await update('glibc', '2.0');
    expect(await followUps()).toEqual(['base x86_64: open']);
    const [waiting] = await query(
      `select proofs from arch_build where image = 'base' and arch = 'aarch64' and state = 'ready'`,
    );
    expect(waiting).toMatchObject({ proofs: [{ name: 'glibc' }, { name: 'openssl-libs' }] });
    const left = await query(`select text from left_alone where reason->>'kind' = 'under-way'`);
    expect(left).toMatchObject([{ text: expect.stringContaining('base-40-2 is being built') }]);
  });

  test('needs none for a fix that it must have anyway', async () => {
    const first = await running();
    const again = await update('openssl', '2.0');
    expect(await followUps()).toEqual([]);
    expect(await causesOf('base-40-2')).toEqual([first, again]);
    expect(await query(`select state from rebuild where id = ${again}`)).toMatchObject([
      { state: 'planned' },
    ]);
  });

  test('is nominated again when its build ends without the fix', async () => {
    await running();
    await update('glibc', '2.0');
    await inFlow(world, (flow) => cancelBuild(flow, world.settings, 'base-40-2'), seconds + 602);
    expect(await followUps()).toEqual(['base x86_64: nominated again after base-40-2']);
    const [told] = await query('select kind, reference, body from nomination order by id desc limit 1');
    expect(told).toMatchObject({
      kind: 'packages',
      reference: 'glibc 2.0, again after base-40-2',
      body: { sources: [{ name: 'glibc' }] },
    });
  });
});

test('an arch that was to be carried is built along when a cause comes, with what is upon it', async () => {
  await update('openssl', '2.0', { on: ['x86_64'] });
  expect(await archBuilds()).toEqual([
    'base-40-2 x86_64 ready',
    'runtime-40-2 x86_64 blocked',
    'client-40-2 x86_64 blocked',
    'server-40-2 x86_64 blocked',
  ]);
  await update('openssl', '2.0', { on: ['aarch64'] });
  expect((await archBuilds()).slice(4)).toEqual([
    'base-40-2 aarch64 ready',
    'runtime-40-2 aarch64 blocked',
    'client-40-2 aarch64 blocked',
    'server-40-2 aarch64 blocked',
  ]);
  const carried = `select arch from index_entry join build on build.id = build where nvr = 'base-40-2'`;
  expect(await query(carried)).toEqual([]);
});

test('a rebuild that is cancelled leaves builds that others asked for, too', async () => {
  const first = await update('openssl', '2.0');
  await update('glibc', '2.0');
  await inFlow(world, (flow) => cancelRebuild(flow, world.settings, first), seconds + 602);
  expect(await query(`select nvr, state from build where nvr = 'base-40-2'`)).toEqual([
    { nvr: 'base-40-2', state: 'planned' },
  ]);
});
