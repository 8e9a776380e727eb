/** Looks back along the causes of what was built: has an effect of the same image, with the same content, led to it? */
import { sql } from 'kysely';
import { ImageLooped } from '../../../schemas/events/building.ts';
import { type Arch, ContentId, type ImageName, Nvr } from '../../../schemas/ids.ts';
import { describeLoop, type Made, metBefore } from '../../planning/loop.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ArchBuild } from '../move.ts';

/** Builds of a chain in an event at most. */
const inEvent = 50;

interface Loop {
  /** What was met before. */
  readonly nvr: Nvr;
  readonly reason: string;
  /** All that led to it, oldest first. */
  readonly chain: readonly Nvr[];
}

/** Undefined where there is none, or where a person has let it go on. */
export const loopOf = async (flow: Flow, archBuild: ArchBuild, made: Made): Promise<Loop | undefined> => {
  if (archBuild.loops_with !== null || !(await wasMadeBefore(flow, archBuild, made.contentId)))
    return undefined;
  const chain = await chainOf(flow, archBuild.id);
  const before = metBefore(made, chain);
  if (before === undefined) return undefined;
  const way = [...new Set(chain.map(({ nvr }) => nvr))];
  return { nvr: before.nvr, reason: describeLoop(made, before, way), chain: way };
};

/** Hardly ever, so that the way back is seldom walked. */
const wasMadeBefore = async (
  flow: Flow,
  { id, image, arch }: ArchBuild,
  contentId: string,
): Promise<boolean> => {
  const row = await flow.tx
    .selectFrom('arch_build')
    .select('id')
    .where('content_id', '=', contentId)
    .where('image', '=', image)
    .where('arch', '=', arch)
    .where('id', '!=', id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
};

interface Row {
  readonly nvr: string;
  readonly image: ImageName;
  readonly arch: Arch;
  readonly contentId: string;
}

/**
 * One step back is what it was built upon; what its external base is, where that is of ours; and the builds whose
 * release, end or rejection nominated what it was built for. A message of others belongs to a release of ours where it
 * names it in its causation. What was never released has no effects: the same is built once more where a build failed
 * or was rejected, and was followed up.
 */
const chainOf = async (flow: Flow, archBuild: number): Promise<readonly Made[]> => {
  const { rows } = await sql<Row>`
    with recursive chain(id) as (
      select ${archBuild}::bigint
      union
      select earlier.id from chain join arch_build at on at.id = chain.id cross join lateral (
        select at.parent_arch_build as id where at.parent_arch_build is not null
        union all
        select made.id from jsonb_array_elements(at.reasons) as reason
          join arch_build made on made.manifest_digest = reason ->> 'to'
          where reason ->> 'kind' = 'base-moved' and made.state = 'succeeded'
        union all
        select other.id from build_cause
          join nomination_target target on target.rebuild = build_cause.rebuild
          join nomination on nomination.id = target.nomination
          join build cause on cause.id = nomination.caused_by
            or cause.released_message = any(nomination.causation || nomination.message_id)
          join arch_build other on other.build = cause.id and other.arch = at.arch
          where build_cause.build = at.build and cause.id <> at.build
            and (target.target = at.image or target.target in (
              select unnest(array[reason ->> 'source', reason ->> 'pullspec', reason ->> 'to'])
              from jsonb_array_elements(at.reasons) as reason))
      ) as earlier
    )
    select build.nvr, arch_build.image, arch_build.arch, arch_build.content_id as "contentId"
    from chain join arch_build on arch_build.id = chain.id join build on build.id = arch_build.build
    where arch_build.id <> ${archBuild} and arch_build.content_id is not null
      and build.released_message is not null
    order by arch_build.id`.execute(flow.tx);
  return rows.map((row) => ({ ...row, nvr: Nvr.parse(row.nvr) }));
};

/** What is built is to fail with the reason, so that nothing follows from it; another try by a person lets it go on. */
export const tellLoop = async (flow: Flow, archBuild: ArchBuild, made: Made, loop: Loop): Promise<void> => {
  const { nvr, image, arch } = made;
  await flow.tx
    .updateTable('arch_build')
    .set({ loops_with: loop.nvr })
    .where('id', '=', archBuild.id)
    .execute();
  flow.log.error({ nvr, arch, loopsWith: loop.nvr }, loop.reason);
  await flow.say(ImageLooped, {
    schemaVersion: 1,
    aggregate: { kind: 'archbuild', id: String(archBuild.id), seq: archBuild.seq },
    nvr,
    image,
    arch,
    contentId: ContentId.parse(made.contentId),
    metBefore: loop.nvr,
    chain: loop.chain.slice(-inEvent),
    reason: loop.reason.slice(0, 4096),
  });
};
