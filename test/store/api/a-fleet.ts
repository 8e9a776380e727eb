/** A small history in the store: a base and an image on it, built for two arches, released, then rebuilt for an update. */
import { sql } from 'kysely';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Store } from '../../../src/store/connect.ts';

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
export const at = new Date('2026-11-23T10:20:30Z');
const later = new Date('2026-11-23T11:00:00Z');

export const runs = {
  ended: '019a0000-0000-7000-8000-000000000001',
  live: '019a0000-0000-7000-8000-000000000002',
} as const;

const definitionOf = (name: string, parent?: string) =>
  ImageDefinition.parse({
    name,
    component: name,
    version: '2.0',
    distroRelease: 'F40',
    parents: parent === undefined ? [] : [{ kind: 'image', image: parent, edge: 'layer' }],
    recipe: { kind: 'packages', packages: ['x'] },
    arches: ['x86_64', 'aarch64'],
    owners: ['ann'],
    autoRebuild: true,
    labels: {},
    gating: [{ testCase: 'flibs.smoke' }],
    treeId: '0'.repeat(40),
    sourceTime: 0,
  });

const definitions = async ({ db }: Store): Promise<void> => {
  await db.insertInto('definitions_revision').values({ fingerprint: 'f', loaded_at: at }).execute();
  const images = [definitionOf('base'), definitionOf('webd', 'base'), definitionOf('standalone')];
  await db
    .insertInto('image')
    .values(
      images.map((definition) => ({
        name: definition.name,
        from_revision: 1,
        to_revision: null,
        distro_release: 'F40',
        definition: JSON.stringify(definition),
      })),
    )
    .execute();
  await db
    .insertInto('definition_problem')
    .values({ folder: 'webd', problems: ['gating.yaml: not YAML'], since: at })
    .execute();
};

const contents = async ({ db }: Store): Promise<void> => {
  const rpm = (name: string, release: string, epoch = 0) => ({
    name,
    epoch,
    version: '3.0',
    release,
    arch: 'x86_64',
    source_name: name,
    source_evr: `3.0-${release}`,
  });
  await db
    .insertInto('rpm')
    .values([rpm('bash', '1'), rpm('openssl-libs', '1', 1), rpm('webd', '1'), rpm('old', '1')])
    .execute();
  const manifest = (letter: string, image: string, parent: string | null) => ({
    digest: digest(letter),
    parent_digest: parent,
    image,
    arch: 'x86_64' as const,
    content_id: digest('0'),
    content_list: digest('1'),
    recorded_at: at,
  });
  await db
    .insertInto('manifest')
    .values([manifest('a', 'base', null), manifest('b', 'webd', digest('a'))])
    .execute();
  const change = (letter: string, id: number, what: 'added' | 'removed') => ({
    manifest: digest(letter),
    rpm: id,
    change: what,
  });
  await db
    .insertInto('manifest_rpm')
    .values([
      change('a', 1, 'added'),
      change('a', 2, 'added'),
      change('a', 4, 'added'),
      change('b', 3, 'added'),
      change('b', 4, 'removed'),
    ])
    .execute();
  await db
    .insertInto('current')
    .values({ image: 'webd', arch: 'x86_64', manifest: digest('b'), nvr: 'webd-2.0-1' })
    .execute();
};

const rebuilds = async ({ db }: Store): Promise<void> => {
  const rebuild = {
    distro_release: 'F40',
    severity: 'important' as const,
    opened_at: at,
    last_nominated_at: at,
    close_at: at,
    waiting: null,
    revision: 1,
    planned_at: at,
  };
  await db
    .insertInto('rebuild')
    .values([
      { ...rebuild, state: 'finished', reference: 'first', finished_at: at },
      { ...rebuild, state: 'running', reference: 'FEDORA-2026-1', finished_at: null },
    ])
    .execute();
  await db
    .insertInto('nomination')
    .values({
      kind: 'packages',
      body: '{}',
      reference: 'FEDORA-2026-1',
      severity: 'important',
      message_id: 'message-1',
      topic: 'org.fedoraproject.prod.bodhi.update.complete.stable',
      causation: ['earlier'],
      at,
    })
    .execute();
  const target = { nomination: 1, distro_release: 'F40', rebuild: 2, closed_at: at };
  await db
    .insertInto('nomination_target')
    .values([
      { ...target, target: 'openssl' },
      { ...target, target: 'zlib' },
    ])
    .execute();
  const leftAlone = {
    rebuild: 2,
    reason: '{"kind":"without-it"}',
    text: 'holds nothing of what is in question',
  };
  await db
    .insertInto('left_alone')
    .values([
      { ...leftAlone, image: 'standalone', arch: null },
      { ...leftAlone, image: 'webd', arch: 'aarch64' },
    ])
    .execute();
};

const buildRow = (nvr: string, state: 'released' | 'building', over: object = {}) => ({
  nvr,
  image: 'webd',
  component: 'webd',
  version: '2.0',
  release_number: 1,
  distro_release: 'F40',
  revision: 1,
  tree_id: '0'.repeat(40),
  definition: JSON.stringify(definitionOf('webd', 'base')),
  severity: 'important' as const,
  by_hand: false,
  state,
  baseline: null,
  parent_build: null,
  index_digest: null,
  pullspec: null,
  waiting: null,
  created_at: at,
  updated_at: at,
  candidate_at: null,
  ended_at: null,
  ...over,
});

const builds = async ({ db }: Store): Promise<void> => {
  await db
    .insertInto('build')
    .values([
      buildRow('webd-2.0-1', 'released', {
        index_digest: digest('c'),
        pullspec: 'registry/webd',
        ended_at: at,
      }),
      buildRow('webd-2.0-2', 'building', {
        baseline: 'webd-2.0-1',
        waiting: 'its arch builds',
        updated_at: later,
      }),
    ])
    .execute();
  const archBuild = {
    image: 'webd',
    unmet: 0,
    parent_arch_build: null,
    proofs: '[]',
    manifest_digest: null,
    content_id: null,
    content_list: null,
    log: null,
    content_recorded_at: null,
    failure_class: null,
    error: null,
    waiting: null,
    run: null,
    ready_at: at,
    ended_at: null,
    reasons: JSON.stringify([{ kind: 'inherited', parent: 'base' }, { kind: 'of-tomorrow' }]),
  };
  await db
    .insertInto('arch_build')
    .values([
      {
        ...archBuild,
        build: 1,
        arch: 'x86_64',
        state: 'succeeded',
        manifest_digest: digest('b'),
        ended_at: at,
      },
      { ...archBuild, build: 2, arch: 'x86_64', state: 'running', run: runs.live },
      { ...archBuild, build: 2, arch: 'aarch64', state: 'held', waiting: 'openssl-libs is not on offer' },
    ])
    .execute();
  await db
    .insertInto('index_entry')
    .values([
      { build: 1, arch: 'x86_64', manifest_digest: digest('b'), carried_from: null },
      { build: 1, arch: 'aarch64', manifest_digest: digest('d'), carried_from: 'webd-2.0-0' },
    ])
    .execute();
  await db
    .insertInto('build_cause')
    .values([
      { build: 1, rebuild: 1 },
      { build: 2, rebuild: 2 },
    ])
    .execute();
};

const work = async ({ db }: Store): Promise<void> => {
  await db
    .insertInto('worker')
    .values({
      name: 'one',
      queue: 'q',
      arches: ['x86_64'],
      labels: '{}',
      slots: 2,
      toolchain: '{}',
      announced_at: at,
    })
    .execute();
  const run = {
    kind: 'build' as const,
    smoke_test: null,
    arch: 'x86_64' as const,
    worker: 'one',
    lease_until: later,
    requested_at: at,
    started_at: at,
    outcome: null,
    toolchain: null,
  };
  await db
    .insertInto('run')
    .values([
      { ...run, id: runs.ended, arch_build: 1, state: 'ended', ended_at: at, log: digest('e') },
      { ...run, id: runs.live, arch_build: 2, state: 'running', ended_at: null, log: null },
    ])
    .execute();
  await db
    .insertInto('run_log')
    .values([
      { run: runs.live, byte_offset: 0, text: 'STEP 1\n', at },
      { run: runs.live, byte_offset: 7, text: 'é\n', at },
    ])
    .execute();
};

const records = async ({ db }: Store): Promise<void> => {
  const transition = { message_id: 'm', at };
  await db
    .insertInto('transition')
    .values([
      {
        ...transition,
        kind: 'build',
        entity: 1,
        subject: 'webd-2.0-1',
        from_state: null,
        to_state: 'planned',
        reason: 'planned',
      },
      {
        ...transition,
        kind: 'rebuild',
        entity: 2,
        subject: 'rebuild 2',
        from_state: null,
        to_state: 'collecting',
        reason: 'nominated',
      },
      {
        ...transition,
        kind: 'archBuild',
        entity: 2,
        subject: 'webd.x86_64',
        from_state: 'ready',
        to_state: 'running',
        reason: 'taken',
      },
      {
        ...transition,
        kind: 'archBuild',
        entity: 2,
        subject: 'webd.x86_64',
        from_state: 'running',
        to_state: 'blocked',
        reason: 'odd',
        refused: true,
      },
    ])
    .execute();
  await db
    .insertInto('decision')
    .values({ build: 1, state: 'satisfied', summary: 'all passed', requirements: '[]', inputs: '{}', at })
    .execute();
  await db
    .insertInto('tag')
    .values({
      repository: 'registry/webd',
      name: 'latest',
      desired: digest('c'),
      nvr: 'webd-2.0-1',
      seq: 1,
      verified_at: at,
    })
    .execute();
  await db
    .insertInto('repository_state')
    .values({
      distro_release: 'F40',
      repository: 'updates',
      arch: 'x86_64',
      repomd_checksum: null,
      etag: null,
      last_modified: null,
      checked_at: at,
      changed_at: null,
      error: 'HTTP 500',
    })
    .execute();
  await sql`insert into dead_letter
    (consumer, origin, reason, message_id, body_hash, exchange, topic, headers, body, at)
    values ('package-updated', 'upstream', 'not an object', 'm-9', '\\x00', 'upstream', 'org.x', '{"a": 1}', '\\x5bff5d', ${at})`.execute(
    db,
  );
};

/** Fills an empty store. */
export const fillWithFleet = async (store: Store): Promise<void> => {
  await definitions(store);
  await contents(store);
  await rebuilds(store);
  await builds(store);
  await work(store);
  await records(store);
};
