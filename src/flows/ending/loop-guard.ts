/** Looks back along the causes of what was built: has the image's own effect led to it? */
import { sql } from 'kysely';
import { ImageLooped } from '../../../schemas/events/building.ts';
import { type Arch, ContentId, type ImageName, Nvr } from '../../../schemas/ids.ts';
import { type Chain, findLoop, type Loop, type Made } from '../../planning/loop.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ArchBuild } from '../move.ts';

/** Builds of a chain in an event at most. */
const inEvent = 50;

/** Undefined where there is none, or where a person has let it go on. */
export const loopOf = async (flow: Flow, archBuild: ArchBuild, made: Made): Promise<Loop | undefined> =>
  archBuild.loops_with === null ? findLoop(made, await chainOf(flow, archBuild.id)) : undefined;

interface Row {
  readonly nvr: string;
  readonly image: ImageName;
  readonly arch: Arch;
  readonly contentId: string;
  readonly released: boolean;
}

/**
 * One step back is what it was built upon; what its external base is, where that is of ours; and the builds whose
 * release led to a nomination of what it was built for: by our own doing, or because others name it in the causation of
 * their message.
 */
const chainOf = async (flow: Flow, archBuild: number): Promise<Chain> => {
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
        select other.id from (
            select at.image as target
            union
            select unnest(array[reason ->> 'source', reason ->> 'module', reason ->> 'pullspec', reason ->> 'to'])
            from jsonb_array_elements(at.reasons) as reason
          ) as wanted
          join build_cause on build_cause.build = at.build
          join nomination_target aimed on aimed.rebuild = build_cause.rebuild and aimed.target = wanted.target
          join nomination on nomination.id = aimed.nomination
          cross join lateral unnest(nomination.causation || nomination.message_id) as led(message)
          join build cause on cause.released_message = led.message and cause.id <> at.build
          join arch_build other on other.build = cause.id and other.arch = at.arch
      ) as earlier
    )
    select build.nvr, arch_build.image, arch_build.arch, arch_build.content_id as "contentId",
      build.released_message is not null as released
    from chain join arch_build on arch_build.id = chain.id join build on build.id = arch_build.build
    where arch_build.id <> ${archBuild} and arch_build.content_id is not null
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
    ...(loop.rounds === undefined ? {} : { rounds: loop.rounds }),
    reason: loop.reason.slice(0, 4096),
  });
};
