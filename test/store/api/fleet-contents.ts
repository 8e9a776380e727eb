/** Definitions, contents and rebuilds of the fleet. */
import { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Store } from '../../../src/store/connect.ts';

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
export const at = new Date('2026-11-23T10:20:30Z');
export const later = new Date('2026-11-23T11:00:00Z');

export const runs = {
  ended: '019a0000-0000-7000-8000-000000000001',
  live: '019a0000-0000-7000-8000-000000000002',
} as const;

export const definitionOf = (name: string, parent?: string) =>
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

export const definitions = async ({ db }: Store): Promise<void> => {
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

export const contents = async ({ db }: Store): Promise<void> => {
  const rpm = (name: string, release: string, epoch = 0) => ({
    name,
    epoch,
    version: '3.0',
    release,
    arch: 'x86_64',
    source_name: name,
    source_evr: `3.0-${release}`,
    module: '',
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

export const rebuilds = async ({ db }: Store): Promise<void> => {
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
