/** Observing: a plan is written down with all its reasons and ends there. Nothing of it can be built by anybody. */
import { sql } from 'kysely';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import type { ImageName } from '../../../schemas/ids.ts';
import type { PlanInput } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { moveArchBuilds, moveBuilds } from '../move-many.ts';

const reason = 'flibs only observes: this is what it would have built';

/** Ends the builds that a rebuild has just planned, in the transaction that planned them. */
export const endObserved = async (flow: Flow, rebuild: number): Promise<void> => {
  const builds = await flow.tx
    .selectFrom('build')
    .innerJoin('build_cause', 'build_cause.build', 'build.id')
    .selectAll('build')
    .where('build_cause.rebuild', '=', rebuild)
    .where('build.state', '=', 'planned')
    .orderBy('build.id')
    .forUpdate('build')
    .execute();
  const archBuilds = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('build', '=', sql<number>`any(${builds.map(({ id }) => id)}::bigint[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  await moveArchBuilds(flow, archBuilds, 'cancelled', reason, { ended_at: flow.now });
  await moveBuilds(flow, builds, 'cancelled', reason, { ended_at: flow.now, observed: true });
};

/** For a flibs that builds, what was only observed is as if nobody had looked at it. */
export const forgetObserved = async (flow: Flow): Promise<void> => {
  await flow.tx
    .updateTable('nomination_target')
    .set({ seen: 'dropped' })
    .where('seen', '=', 'observed')
    .execute();
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
