/** Observing: a plan is written down with all its reasons and ends there. Nothing of it can be built by anybody. */
import { sql } from 'kysely';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { ImageName } from '../../schemas/ids.ts';
import type { PlanInput } from '../planning/plan-types.ts';
import type { Flow } from '../runtime/consumer.ts';

const reason = 'flibs only observes: this is what it would have built';

/** Ends the builds that a rebuild has just planned, in the transaction that planned them. */
export const endObserved = async (flow: Flow, rebuild: number): Promise<void> => {
  const { messageId } = flow.cause;
  await sql`
    with mine as (
      update build set state = 'cancelled', seq = seq + 1, updated_at = ${flow.now}, ended_at = ${flow.now}
      where state = 'planned' and id in (select build from build_cause where rebuild = ${rebuild})
      returning id, nvr
    ), theirs as (
      update arch_build set state = 'cancelled', seq = seq + 1, ended_at = ${flow.now}
      where state in ('ready', 'blocked', 'held') and build in (select id from mine)
      returning id, image || '.' || arch as subject
    )
    insert into transition (kind, entity, subject, from_state, to_state, reason, message_id, at)
    select 'build', id, nvr, 'planned', 'cancelled', ${reason}::text, ${messageId}::text, ${flow.now}::timestamptz from mine
    union all
    select 'archBuild', id, subject, 'ready', 'cancelled', ${reason}::text, ${messageId}::text, ${flow.now}::timestamptz from theirs`.execute(
    flow.tx,
  );
};

/** Where flibs builds, what was built elsewhere and has no definition cannot be, and waits for a person to define it. */
export const withoutAdopted = (
  input: PlanInput,
  definitions: ReadonlyMap<ImageName, ImageDefinition>,
): PlanInput => ({
  ...input,
  images: input.images.map((image) =>
    definitions.get(image.name)?.recipe.kind === 'adopted' ? { ...image, autoRebuild: false } : image,
  ),
});
