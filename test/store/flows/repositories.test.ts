/** Looks at repositories: what they list is taken over whole, or not at all. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitingThings } from '../../../src/api/queries/waiting.ts';
import { lookAtRepository } from '../../../src/flows/looking/look-at-repository.ts';
import { Look, looked } from '../../../src/flows/looking/repositories.ts';
import { nominateOffers } from '../../../src/flows/nominating/nominate-offers.ts';
import { release } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { aRepository, packageXml, primaryXml, type Served, serve } from '../../unit/repos/a-repository.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, unsent } from './in-flow.ts';

let world: World;
let served: Served;
eachInReleasedWorld(async (begun) => {
  world = begun;
  served = await serve({});
});
afterEach(() => served[Symbol.asyncDispose]());

const db = () => world.environment.store.db;

const wanted = (): Look =>
  Look.parse({
    distroRelease: release.name,
    arch: 'x86_64',
    releasever: '40',
    repository: { id: 'extras', baseurl: served.baseurl, gpgkeys: ['key'] },
    wantedAt: new Date().toISOString(),
  });

/** One look; hands over what becomes of it. */
const look = async (): Promise<void> => {
  const at = wanted();
  const found = await lookAtRepository({ db: db() }, at, new AbortController().signal);
  await inFlow(world, (flow) => looked(flow, world.settings, at, found));
};

const offers = async (): Promise<readonly string[]> => {
  const rows = await db().selectFrom('offer').selectAll().where('repository', '=', 'extras').execute();
  return rows
    .map(({ name, version, release: of, module }) => `${name}-${version}-${of}${module && ` of ${module}`}`)
    .sort();
};

const version = (text: string) => `epoch="0" ver="${text}" rel="1.fc40"`;
const openssl = (text: string) =>
  packageXml({ name: 'openssl-libs', version: version(text), sourcerpm: `openssl-${text}-1.fc40.src.rpm` });

describe('a look', () => {
  test('makes what is on offer what the repository lists now', async () => {
    served.files = aRepository(primaryXml(openssl('2.0'), packageXml()));
    await look();
    served.files = aRepository(primaryXml(openssl('3.0'), packageXml()));
    await look();
    expect(await offers()).toEqual(['bash-5.2-1.fc40', 'openssl-libs-3.0-1.fc40']);
  });

  test('keeps the time since when a package is on offer', async () => {
    const since = () =>
      db().selectFrom('offer').select('since').where('name', '=', 'bash').executeTakeFirstOrThrow();
    served.files = aRepository(primaryXml(packageXml()));
    await look();
    const first = await since();
    served.files = aRepository(primaryXml(packageXml(), openssl('3.0')));
    await look();
    expect(await since()).toEqual(first);
  });

  test('compares what is listed with what was by looking it up, however much that is', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => packageXml({ name: `p${i}` }));
    // From now on the server takes this repository for one that offers nothing.
    await sql`analyze offer`.execute(db());
    served.files = aRepository(primaryXml(...many));
    await look();
    served.files = aRepository(primaryXml(openssl('3.0'), ...many));
    const found = await lookAtRepository({ db: db() }, wanted(), new AbortController().signal);
    const read = await inFlow(world, async (flow) => {
      await looked(flow, world.settings, wanted(), found);
      const { rows } = await sql<{ rows: number }>`
        select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_all_tables
        where relname in ('offer', 'listed_rpm', 'listed_module_rpm', 'staged_rpm') and schemaname in (
          current_schema(), (select nspname from pg_namespace where oid = pg_my_temp_schema()))`.execute(
        flow.tx,
      );
      return rows.reduce((sum, { rows: more }) => sum + Number(more), 0);
    });
    expect(read).toBeGreaterThan(1500);
    expect(read).toBeLessThan(10 * 1500);
  });

  test('leaves nothing behind', async () => {
    served.files = aRepository(
      primaryXml(...Array.from({ length: 9000 }, (_, i) => packageXml({ name: `p${i}` }))),
    );
    await look();
    expect(await offers()).toHaveLength(9000);
    const { rows } = await sql<{ count: number }>`select count(*)::int from staged_rpm`.execute(db());
    expect(rows).toEqual([{ count: 0 }]);
  });

  test.each([
    ['is truncated', (good: Buffer) => good.subarray(0, good.length / 2)],
    [
      'has other bytes than repomd.xml says',
      (good: Buffer) => Buffer.from(good.map((byte, i) => (i === 99 ? byte ^ 1 : byte))),
    ],
    ['is gone', () => undefined],
  ])('that finds metadata which %s changes nothing, and says so until one succeeds', async (_, spoil) => {
    served.files = aRepository(primaryXml(openssl('2.0')));
    await look();
    const good = aRepository(primaryXml(openssl('3.0')));
    const name = 'repodata/primary.xml.gz';
    served.files = { ...good, [name]: spoil(good[name] ?? Buffer.alloc(0)) };
    await look();
    expect(await offers()).toEqual(['openssl-libs-2.0-1.fc40']);
    expect(await waitingThings(db())).toContainEqual(
      expect.objectContaining({
        what: 'repository extras (F40, x86_64)',
        reason: expect.stringContaining('the repository is being updated, try again'),
      }),
    );
    served.files = good;
    await look();
    expect(await offers()).toEqual(['openssl-libs-3.0-1.fc40']);
    expect(await waitingThings(db())).not.toContainEqual(
      expect.objectContaining({ what: 'repository extras (F40, x86_64)' }),
    );
  });

  test('that finds primary metadata which breaks off after thousands of packages changes nothing', async () => {
    served.files = aRepository(primaryXml(openssl('2.0')));
    await look();
    const many = Array.from({ length: 9000 }, (_, i) => packageXml({ name: `p${i}` }));
    served.files = aRepository(primaryXml(...many).slice(0, -20));
    await look();
    expect(await offers()).toEqual(['openssl-libs-2.0-1.fc40']);
  });
});

describe('modules', () => {
  const stream = (context: string, ...rpms: readonly string[]) => `---
document: modulemd
version: 2
data:
  name: tls
  stream: 1.10
  version: 20260401
  context: ${context}
  profiles: {common: {rpms: [openssl-libs]}}
  artifacts: {rpms: [${rpms.map((rpm) => `'${rpm}'`).join(', ')}]}
`;

  test('label the packages that they list, which then are no others', async () => {
    const modules = stream('c1', 'openssl-libs-0:3.0-1.fc40.x86_64');
    served.files = aRepository(primaryXml(openssl('2.0'), openssl('3.0')), {}, { modules });
    await look();
    expect(await offers()).toEqual([
      'openssl-libs-2.0-1.fc40',
      'openssl-libs-3.0-1.fc40 of tls:1.10:20260401:c1',
    ]);
  });

  test('may share a package', async () => {
    const shared = 'openssl-libs-0:3.0-1.fc40.x86_64';
    served.files = aRepository(
      primaryXml(openssl('3.0')),
      {},
      { modules: stream('c1', shared) + stream('c2', shared) },
    );
    await look();
    expect(await offers()).toEqual([
      'openssl-libs-3.0-1.fc40 of tls:1.10:20260401:c1',
      'openssl-libs-3.0-1.fc40 of tls:1.10:20260401:c2',
    ]);
  });

  test('are known with their profiles, and are forgotten when they are listed no more', async () => {
    served.files = aRepository(primaryXml(), {}, { modules: stream('c1') });
    await look();
    const listed = db().selectFrom('module_build').select(['label', 'module', 'profiles']);
    expect(await listed.execute()).toEqual([
      { label: 'tls:1.10:20260401:c1', module: 'tls:1.10', profiles: { common: ['openssl-libs'] } },
    ]);
    served.files = aRepository(primaryXml(), {}, { modules: '' });
    await look();
    expect(await listed.execute()).toEqual([]);
  });

  test('have default streams', async () => {
    const modules =
      'document: modulemd-defaults\ndata: {module: tls, stream: 1.10, profiles: {1.10: [common]}}\n';
    served.files = aRepository(primaryXml(), {}, { modules });
    await look();
    expect(
      await db().selectFrom('module_default').select(['module', 'stream', 'profiles']).execute(),
    ).toEqual([{ module: 'tls', stream: '1.10', profiles: { '1.10': ['common'] } }]);
  });
});

describe('advisories', () => {
  const advisory = (id: string, severity: string, of: string) => `<update type="security"><id>${id}</id>
    <issued date="2026-04-01"/><severity>${severity}</severity><pkglist><collection>
    <package name="openssl-libs" version="${of}" release="1.fc40" epoch="0" arch="x86_64"/></collection></pkglist></update>`;
  const listing = (...advisories: readonly string[]) =>
    aRepository(primaryXml(openssl('2.0')), {}, { updateinfo: `<updates>${advisories.join('')}</updates>` });
  const known = () => db().selectFrom('advisory').select(['id', 'type', 'severity']).orderBy('id').execute();

  test('are as the repository lists them now: changed, withdrawn, new', async () => {
    served.files = listing(advisory('A-1', 'Low', '2.0'), advisory('A-2', 'Low', '2.0'));
    await look();
    served.files = listing(advisory('A-2', 'Critical', '2.0'), advisory('A-3', 'None', '2.0'));
    await look();
    expect(await known()).toEqual([
      { id: 'A-2', type: 'security', severity: 'critical' },
      { id: 'A-3', type: 'security', severity: 'none' },
    ]);
    const rpms = await db()
      .selectFrom('advisory_rpm')
      .select(['advisory', 'name'])
      .orderBy('advisory')
      .execute();
    expect(rpms.map((row) => row.advisory)).toEqual(['A-2', 'A-3']);
  });

  test('that say something else of what is on offer already are said, once', async () => {
    served.files = listing(advisory('A-1', 'Low', '2.0'));
    await look();
    served.files = listing(advisory('A-1', 'Critical', '2.0'));
    await look();
    served.files = listing(advisory('A-1', 'Critical', '2.0'), advisory('A-2', 'Low', '1.9'));
    await look();
    const said = await unsent(world, 'flibs.offers.changed');
    expect(said.map(({ sources, readvised }) => ({ sources, readvised }))).toEqual([
      { sources: ['openssl'], readvised: undefined },
      { sources: [], readvised: ['openssl'] },
    ]);
  });

  test('give what no message told its severity and its reference', async () => {
    served.files = listing(advisory('A-1', 'Important', '2.0'));
    await look();
    const since = await db()
      .selectFrom('offer')
      .select('since')
      .where('repository', '=', 'extras')
      .executeTakeFirstOrThrow();
    await inFlow(world, (flow) =>
      nominateOffers(flow, {
        schemaVersion: 1,
        aggregate: { kind: 'offers', id: 'F40/extras/x86_64', seq: since.since.getTime() },
        distroRelease: release.name,
        arches: ['x86_64'],
        sources: ['openssl'],
        sourceCount: 1,
      }),
    );
    const nominations = await db()
      .selectFrom('nomination')
      .select(['severity', 'reference', 'body'])
      .execute();
    expect(nominations.at(-1)).toMatchObject({
      severity: 'important',
      reference: 'A-1',
      body: { sources: [{ name: 'openssl' }], updateType: 'security' },
    });
  });
});
