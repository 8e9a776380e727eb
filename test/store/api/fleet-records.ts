/** Workers, runs, logs, transitions, decisions and what went wrong in the fleet. */
import { sql } from 'kysely';
import type { Store } from '../../../src/store/connect.ts';
import { at, digest, later, runs } from './fleet-contents.ts';

export const work = async ({ db }: Store): Promise<void> => {
  await db
    .insertInto('worker')
    .values({
      name: 'one',
      incarnation: '01890000-0000-7000-8000-000000000000',
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
      { ...run, id: runs.ended, arch_build: 1, state: 'finished', ended_at: at, log: digest('e') },
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

export const records = async ({ db }: Store): Promise<void> => {
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
