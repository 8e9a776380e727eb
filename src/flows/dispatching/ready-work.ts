/** What could start now if there were a slot for it, with what the scheduler orders it by. */
import { type RawBuilder, sql } from 'kysely';
import { type Arch, ImageName } from '../../../schemas/ids.ts';
import { Severity } from '../../../schemas/nomination.ts';
import type { CauseKind } from '../../planning/rule-matching.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ReadyBuild } from '../../scheduling/priority.ts';

/** Ready work with what rules go by. */
export interface ReadyWork extends ReadyBuild {
  /** Of its table. */
  readonly row: number;
  /** A smoke test: rules are not about those. */
  readonly test: boolean;
  readonly distroRelease: string;
  readonly causes: readonly CauseKind[];
}

/** What is in question for one decision. */
export interface Wanted {
  readonly arches: readonly Arch[];
  /** Free slots: so many of each kind can start at most. */
  readonly free: number;
}

/** More are looked at than there are slots, so that one that turns out to have to wait leaves its slot to another. */
const spare = 20;

interface Row {
  readonly id: number;
  readonly image: string;
  readonly arch: Arch;
  readonly since: Date;
  readonly severity: Severity;
  readonly by_hand: boolean;
  readonly path_seconds: number;
  readonly distro_release: string;
  readonly causes: readonly CauseKind[];
}

/** Everything that waits for a slot of these arches. Most decisions find nothing, and learn that first. */
export const readyWork = async (flow: Flow, wanted: Wanted): Promise<ReadyWork[]> => {
  // Neither EXISTS nor LIMIT alone: hashed, or in the order of the table, all that is ready may be read.
  const { rows } = await sql<{ arch: Arch; builds: boolean; tests: boolean }>`
    select arch,
      (select planned_at from arch_build where state = 'ready' and delayed_by is null and arch = pool.arch
        order by planned_at limit 1) is not null as builds,
      (select queued_at from smoke_test where state = 'queued' and arch = pool.arch
        order by queued_at limit 1) is not null as tests
    from unnest(${[...wanted.arches]}::text[]) as pool(arch)`.execute(flow.tx);
  const on = (which: 'builds' | 'tests'): Wanted => ({
    ...wanted,
    arches: rows.filter((row) => row[which]).map(({ arch }) => arch),
  });
  const found = await Promise.all([readyArchBuilds(flow, on('builds')), queuedSmokeTests(flow, on('tests'))]);
  return found.flat();
};

/**
 * Arch builds that wait for a slot of these arches. However many are ready, a bounded number is read: per arch the
 * longest chains of each severity, the oldest of all (age raises them) and what people wait for.
 */
const readyArchBuilds = (flow: Flow, wanted: Wanted): Promise<ReadyWork[]> => {
  const heads = [
    ...Severity.options.map((severity) => ({
      which: sql`and severity = ${severity}`,
      order: sql`path_seconds desc, planned_at`,
    })),
    { which: sql``, order: sql`planned_at` },
    { which: sql`and by_hand`, order: sql`path_seconds desc, planned_at` },
  ];
  const ready = heads.map(
    ({ which, order }) => sql`(
      select id, image, arch, planned_at as since, severity, by_hand, path_seconds, build, causes
      from arch_build
      where state = 'ready' and delayed_by is null and arch = pool.arch and ready_at <= ${flow.now} ${which}
      order by ${order} limit ${wanted.free + spare})`,
  );
  return readHeads(flow, 'a', wanted.arches, ready);
};

/** Smoke tests that wait for a slot of these arches. Nothing is built upon them. */
const queuedSmokeTests = (flow: Flow, wanted: Wanted): Promise<ReadyWork[]> => {
  const heads = [...Severity.options.map((severity) => sql`and smoke_test.severity = ${severity}`), sql``];
  const queued = heads.map(
    (which) => sql`(
      select smoke_test.id, build.image, smoke_test.arch, queued_at as since, smoke_test.severity,
        smoke_test.by_hand, 0::double precision as path_seconds, smoke_test.build, '[]'::jsonb as causes
      from smoke_test join build on build.id = smoke_test.build
      where smoke_test.state = 'queued' and smoke_test.arch = pool.arch and queued_at <= ${flow.now} ${which}
      order by queued_at limit ${wanted.free + spare})`,
  );
  return readHeads(flow, 't', wanted.arches, queued);
};

/**
 * The distro release is looked up head by head: joined, all builds may be read at once.
 *
 * @param kind - the first letter of the ids.
 */
const readHeads = async (
  flow: Flow,
  kind: 'a' | 't',
  arches: readonly Arch[],
  heads: readonly RawBuilder<unknown>[],
): Promise<ReadyWork[]> => {
  if (arches.length === 0) return [];
  const { rows } = await sql<Row>`
    select distinct on (head.id) head.*,
      (select build.distro_release from build where build.id = head.build) as distro_release
    from unnest(${[...arches]}::text[]) as pool(arch)
    cross join lateral (${sql.join(heads, sql` union all `)}) as head
    order by head.id`.execute(flow.tx);
  return rows.map((row) => ({
    id: `${kind}${row.id}`,
    row: row.id,
    test: kind === 't',
    distroRelease: row.distro_release,
    causes: row.causes,
    image: ImageName.parse(row.image),
    arch: row.arch,
    severity: row.severity,
    byHand: row.by_hand,
    since: row.since,
    criticalPath: row.path_seconds,
  }));
};
