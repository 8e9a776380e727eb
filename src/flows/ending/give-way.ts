/** A build that holds an arch gives way to a changed source of its image, which waits for no repository. */
import { sql } from 'kysely';
import { Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import { isOfSource } from '../../planning/join-build.ts';
import type { Plan } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { type Build, lockArchBuilds } from '../move.ts';
import { nominateAgain } from '../nominating/nominate-again.ts';
import { nominateAnew } from '../nominating/nominate-anew.ts';
import { reasonsOf } from '../planning/held.ts';
import type { Settings } from '../settings.ts';
import { endBuild } from './end-build.ts';

/** Of the builds that a plan lets causes wait for. These causes follow at once, with what the build was made for. */
export const giveWay = async (
  flow: Flow,
  settings: Settings,
  followUps: Plan['followUps'],
): Promise<void> => {
  const changed = followUps.filter(({ reasons }) => reasons.some(isOfSource));
  for (const build of await holding(flow, changed)) {
    const reason = 'its source changed while an arch of it was held';
    await nominateOwn(flow, build, `after ${build.nvr}: ${reason}`);
    const [, ...dependants] = await endBuild(flow, settings, build, 'superseded', reason);
    await nominateAgain(flow, build, dependants, `superseded: ${reason}`);
  }
};

/** Their rows are locked by the plan. */
const holding = async (flow: Flow, changed: Plan['followUps']): Promise<readonly Build[]> => {
  if (changed.length === 0) return [];
  const isOfOne = sql<boolean>`(build.image, build.nvr) in (
    select * from unnest(${changed.map(({ image }) => image)}::text[], ${changed.map(({ after }) => after)}::text[]))`;
  return flow.tx
    .selectFrom('build')
    .selectAll()
    .where(isOfOne)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('arch_build')
          .select('arch_build.id')
          .whereRef('arch_build.build', '=', 'build.id')
          .where('arch_build.state', '=', 'held'),
      ),
    )
    .orderBy('id')
    .execute();
};

const nominateOwn = async (flow: Flow, build: Build, because: string): Promise<void> => {
  const { rebuild } = await flow.tx
    .selectFrom('build_cause')
    .select((eb) => eb.fn.max<number>('rebuild').as('rebuild'))
    .where('build', '=', build.id)
    .executeTakeFirstOrThrow();
  const open = (await lockArchBuilds(flow, build.id)).map((archBuild) => ({
    rebuild,
    distroRelease: DistroReleaseName.parse(build.distro_release),
    severity: build.severity,
    image: ImageName.parse(build.image),
    arch: Arch.parse(archBuild.arch),
    reasons: reasonsOf(archBuild),
  }));
  await nominateAnew(flow, open, because);
};
