/** Builds and arch builds of the fleet. */
import type { Store } from '../../../src/store/connect.ts';
import { at, definitionOf, digest, later, runs } from './fleet-contents.ts';

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

export const builds = async ({ db }: Store): Promise<void> => {
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
