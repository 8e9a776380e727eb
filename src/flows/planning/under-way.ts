/** Builds before `candidate`, as the planner is told of them; their rows stay locked until the plan is written. */
import { sql } from 'kysely';
import { type Arch, ImageName, Nvr } from '../../../schemas/ids.ts';
import { grouped } from '../../planning/grouped.ts';
import type { UnderWay, UnderWayArch } from '../../planning/under-way.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { assembleJob } from '../ending/assemble.ts';
import type { ArchBuild, Build } from '../move.ts';

/** One build with what it is made of. */
export interface BuildUnderWay {
  readonly build: Build;
  readonly archBuilds: readonly ArchBuild[];
  readonly asPlanned: UnderWay;
}

export type BuildsUnderWay = ReadonlyMap<ImageName, BuildUnderWay>;

/** Those of the given images. In the order of locks: builds by id, then arch builds by id. */
export const lockUnderWay = async (flow: Flow, images: readonly string[]): Promise<BuildsUnderWay> => {
  const builds = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('image', '=', sql<string>`any(${[...images]}::text[])`)
    .where('state', 'in', ['planned', 'building'])
    .orderBy('id')
    .forUpdate()
    .execute();
  if (builds.length === 0) return new Map();
  const ids = builds.map(({ id }) => id);
  const archBuilds = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('build', '=', sql<number>`any(${ids}::bigint[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  const ofBuild = grouped(archBuilds, ({ build }) => build);
  const carried = grouped(await carriedArches(flow, ids), ({ build }) => build);
  const frozen = await frozenIndexes(
    flow,
    builds.map(({ nvr }) => nvr),
  );
  const nvrs = await nvrsOf(
    flow,
    builds.flatMap((build) => build.parent_build ?? []),
  );
  return new Map(
    builds.map((build) => {
      const arches = [
        ...(carried.get(build.id) ?? []).map(
          ({ arch, taken }) => [arch, { stage: 'carried', taken }] as const,
        ),
        ...(ofBuild.get(build.id) ?? []).map((each) => [each.arch, stageOf(each)] as const),
      ];
      const asPlanned: UnderWay = {
        nvr: Nvr.parse(build.nvr),
        upon: build.parent_build === null ? undefined : nvrs.get(build.parent_build),
        treeId: build.tree_id,
        version: build.version,
        frozen: frozen.has(build.nvr),
        arches: Object.fromEntries(arches),
      };
      const underWay = { build, archBuilds: ofBuild.get(build.id) ?? [], asPlanned };
      return [ImageName.parse(build.image), underWay];
    }),
  );
};

const stageOf = ({ state, proofs }: ArchBuild): UnderWayArch => {
  switch (state) {
    case 'blocked':
    case 'ready':
    case 'held':
      return { stage: 'waiting', proofs };
    case 'requested':
    case 'running':
      return { stage: 'running', proofs };
    case 'succeeded':
      return { stage: 'built', proofs };
    case 'unchanged':
      return { stage: 'unchanged', proofs };
    default:
      return { stage: 'lost' };
  }
};

interface Carried {
  readonly build: number;
  readonly arch: Arch;
  readonly taken: boolean;
}

/** `taken`: some child is being built upon the entry, so that it must stay what it is. */
const carriedArches = async (flow: Flow, builds: readonly number[]): Promise<readonly Carried[]> => {
  const { rows } = await sql<Carried>`
    select entry.build, entry.arch, exists (
      select from build child join arch_build on arch_build.build = child.id and arch_build.arch = entry.arch
      where child.parent_build = entry.build and arch_build.state in ('requested', 'running', 'succeeded', 'unchanged')
    ) as taken
    from index_entry entry
    where entry.build = any(${[...builds]}::bigint[]) and entry.carried_from is not null
    order by entry.build, entry.arch`.execute(flow.tx);
  return rows;
};

const frozenIndexes = async (flow: Flow, nvrs: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await flow.tx
    .selectFrom('job')
    .select('key')
    .where('kind', '=', assembleJob)
    .where('key', '=', sql<string>`any(${[...nvrs]}::text[])`)
    .execute();
  return new Set(rows.map(({ key }) => key));
};

const nvrsOf = async (flow: Flow, builds: readonly number[]): Promise<ReadonlyMap<number, Nvr>> => {
  const rows = await flow.tx
    .selectFrom('build')
    .select(['id', 'nvr'])
    .where('id', '=', sql<number>`any(${[...new Set(builds)]}::bigint[])`)
    .execute();
  return new Map(rows.map(({ id, nvr }) => [id, Nvr.parse(nvr)]));
};
