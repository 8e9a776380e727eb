/**
 * Arches that an index goes on without, best-effort ones and those dropped at the deadline of a hold: carried forward or
 * left out, told with the fixes they lack, and told again.
 */
import { sql } from 'kysely';
import { ImageArchStale, type StaleArch } from '../../../schemas/events/building.ts';
import { type Arch, ImageName, Nvr } from '../../../schemas/ids.ts';
import { describeReason, Reasons } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { baselineStates } from '../baseline.ts';
import type { ArchBuild, Build } from '../move.ts';

export const staleArchTimer = 'stale-arch';

/** Days until it is told again that an arch is behind. */
const expiry = 7;

/** In an event at most so many. */
const inEvent = 50;

/**
 * Failed arch builds without which the build goes on: the arch is a best-effort one of the image, or was dropped, or
 * what failed below it is so itself.
 */
export const forgiven = async (
  flow: Flow,
  build: Build,
  archBuilds: readonly ArchBuild[],
): Promise<ReadonlySet<number>> => {
  const { bestEffort = [] } = build.definition;
  const failed = archBuilds.filter(({ state }) => state === 'failed' || state === 'parent_failed');
  const own = failed.filter(({ arch, dropped }) => dropped || bestEffort.includes(arch));
  const waiting = failed.filter((each) => each.state === 'parent_failed' && !own.includes(each));
  const inherited = await onForgivenParents(
    flow,
    waiting.map(({ id }) => id),
  );
  return new Set([...own.map(({ id }) => id), ...inherited]);
};

/** All that keeps these from being built are arches that what they are built upon goes on without. */
const onForgivenParents = async (flow: Flow, ids: readonly number[]): Promise<readonly number[]> => {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: number }>`
    with recursive above(root, id) as (
      select id, id from arch_build where id = any(${[...ids]}::bigint[])
      union
      select above.root, edge.parent from above join (
        select id as child, parent_arch_build as parent from arch_build where parent_arch_build is not null
        union all select arch_build, parent from build_only_parent
      ) edge on edge.child = above.id
    )
    select above.root as id from above
    join arch_build on arch_build.id = above.id and arch_build.state = 'failed'
    join build on build.id = arch_build.build
    group by above.root
    having bool_and(arch_build.dropped or coalesce(build.definition -> 'bestEffort', '[]') ? arch_build.arch)`.execute(
    flow.tx,
  );
  return rows.map(({ id }) => id);
};

interface Carried {
  readonly arch: Arch;
  readonly manifest_digest: string;
  readonly carried_from: string;
}

/** Enters given-up arches as the baseline has them, where its source tree and version are the same. */
export const enterGivenUp = async (
  flow: Flow,
  build: Build,
  givenUp: readonly ArchBuild[],
): Promise<void> => {
  if (givenUp.length === 0) return;
  const carried = await carriable(
    flow,
    build,
    givenUp.map(({ arch }) => arch),
  );
  if (carried.length > 0) {
    await flow.tx
      .insertInto('index_entry')
      .values(carried.map((entry) => ({ build: build.id, ...entry })))
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
};

const carriable = async (flow: Flow, build: Build, arches: readonly Arch[]): Promise<readonly Carried[]> => {
  if (build.baseline === null) return [];
  const rows = await flow.tx
    .selectFrom('build')
    .innerJoin('index_entry', 'index_entry.build', 'build.id')
    .select(['build.nvr', 'index_entry.arch', 'index_entry.manifest_digest', 'index_entry.carried_from'])
    .where('build.nvr', '=', build.baseline)
    .where('build.state', 'in', baselineStates)
    .where('build.tree_id', '=', build.tree_id)
    .where('build.version', '=', build.version)
    .where('index_entry.arch', 'in', arches)
    .execute();
  return rows.map(({ nvr, arch, manifest_digest, carried_from }) => ({
    arch,
    manifest_digest,
    carried_from: carried_from ?? nvr,
  }));
};

/** What a candidate lacks, as its event tells it; remembered until the arch is built again. */
export const tellStale = async (
  flow: Flow,
  build: Build,
  archBuilds: readonly ArchBuild[],
): Promise<readonly StaleArch[]> => {
  const behind = archBuilds.filter(({ state }) => state === 'failed' || state === 'parent_failed');
  await forgetBuilt(flow, build, behind);
  if (behind.length === 0) return [];
  const entries = await flow.tx
    .selectFrom('index_entry')
    .select(['arch', 'carried_from'])
    .where('build', '=', build.id)
    .execute();
  const stale = behind.map((archBuild) => {
    const carriedFrom = entries.find(({ arch }) => arch === archBuild.arch)?.carried_from;
    return {
      arch: archBuild.arch,
      ...(carriedFrom ? { carriedFrom: Nvr.parse(carriedFrom) } : {}),
      error: (archBuild.error ?? 'its parent failed').slice(0, 4096),
      lacks: lacksOf(archBuild),
    };
  });
  for (const one of stale) await remember(flow, build, one);
  return stale;
};

const lacksOf = ({ reasons }: ArchBuild): string[] => {
  const read = Reasons.safeParse(reasons);
  return read.success ? read.data.slice(0, inEvent).map(describeReason) : [];
};

/** An arch that is in the index as built, or is not the image's any more, is behind no longer. */
const forgetBuilt = async (flow: Flow, build: Build, behind: readonly ArchBuild[]): Promise<void> => {
  await flow.tx
    .deleteFrom('stale_arch')
    .where('image', '=', build.image)
    .where((eb) =>
      eb.or([
        eb(
          'arch',
          'in',
          eb
            .selectFrom('arch_build')
            .select('arch_build.arch')
            .where('build', '=', build.id)
            .where('state', '=', 'succeeded'),
        ),
        eb.not(eb('arch', 'in', build.definition.arches)),
      ]),
    )
    .$if(behind.length > 0, (query) =>
      query.where(
        'arch',
        'not in',
        behind.map(({ arch }) => arch),
      ),
    )
    .execute();
};

const expiresAt = (flow: Flow): Date => new Date(flow.now.getTime() + expiry * 86_400_000);

/** Said at once, and again after its expiry. What was behind before stays so since then. */
const remember = async (flow: Flow, build: Build, stale: StaleArch): Promise<void> => {
  const due = expiresAt(flow);
  const values = { nvr: build.nvr, stale: JSON.stringify(stale), expires_at: due };
  const row = await flow.tx
    .insertInto('stale_arch')
    .values({ image: build.image, arch: stale.arch, since: flow.now, told: 1, ...values })
    .onConflict((oc) =>
      oc.columns(['image', 'arch']).doUpdateSet((eb) => ({ ...values, told: eb('stale_arch.told', '+', 1) })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  await sayStale(flow, build.image, row);
};

interface Row {
  readonly nvr: string;
  readonly arch: Arch;
  readonly stale: StaleArch;
  readonly since: Date;
  readonly told: number;
  readonly expires_at: Date;
}

const sayStale = async (flow: Flow, image: string, row: Row): Promise<void> => {
  await flow.timer({ kind: staleArchTimer, key: `${image} ${row.arch}`, due: row.expires_at });
  flow.log.warn({ image, ...row.stale }, 'an arch is behind');
  await flow.say(ImageArchStale, {
    schemaVersion: 1,
    aggregate: { kind: 'archbuild', id: `${image}.${row.arch}`, seq: row.told },
    nvr: Nvr.parse(row.nvr),
    image: ImageName.parse(image),
    ...row.stale,
    since: row.since.toISOString(),
    told: row.told,
    expiresAt: row.expires_at.toISOString(),
  });
};

/** Its time has run out: whoever owns the image is told again, unless the arch was built meanwhile. */
export const staleAgain = async (flow: Flow, key: string): Promise<void> => {
  const [image = '', arch = ''] = key.split(' ');
  const row = await flow.tx
    .updateTable('stale_arch')
    .set((eb) => ({ told: eb('told', '+', 1), expires_at: expiresAt(flow) }))
    .where('image', '=', image)
    .where(sql<boolean>`arch = ${arch}`)
    .where('expires_at', '<=', flow.now)
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) await sayStale(flow, image, row);
};
