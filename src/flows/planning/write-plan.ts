/** A plan becomes rows: builds with their reserved NVRs, arch builds with what they wait for, what was left alone. */
import { sql } from 'kysely';
import type { Arch, ImageName, Nvr } from '../../../schemas/ids.ts';
import { describeReason } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { storedCause } from '../../runtime/flow.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { insertRows } from '../../store/insert-rows.ts';
import { type ArchBuild, recordTransitions } from '../move.ts';
import { moveArchBuilds } from '../move-many.ts';
import { waitForBuildParents } from './build-parents.ts';
import { addArchBuilds, joinBuilds, joinedForEvent } from './join-builds.ts';
import { type NewArchBuild, type NewBuild, newBuilds, type ToWrite } from './new-builds.ts';
import { type PlanUrgency, planUrgency } from './plan-urgency.ts';
import { raiseUrgency } from './raise-urgency.ts';
import { writeFollowUps } from './write-follow-ups.ts';
import { writtenSoFar } from './written.ts';

export interface WrittenBuild {
  readonly nvr: Nvr;
  readonly image: ImageName;
  readonly arches: Arch[];
}

export interface WrittenPlan {
  readonly builds: WrittenBuild[];
  /** Builds under way that took on its causes. */
  readonly joined: WrittenBuild[];
}

/** The same few statements, whether it is one build or thousands. */
export const writePlan = async (flow: Flow, to: ToWrite): Promise<WrittenPlan> => {
  const { plan, rebuild, underWay } = to;
  await giveUpWaiting(flow, plan.order);
  const urgency = await planUrgency(flow, plan, to.references);
  const written = writtenSoFar(underWay);
  await addArchBuilds(flow, plan.joined, underWay, written);
  const builds = await newBuilds(flow, to, written);
  await writeBuilds(flow, to, builds);
  const archBuilds = builds.flatMap((build) => build.archBuilds);
  await writeArchBuilds(flow, archBuilds, urgency);
  await recordBeginnings(flow, to, builds, archBuilds);
  await waitForBuildParents(flow, plan);
  await joinBuilds(flow, { rebuild, joined: plan.joined, underWay }, written);
  await raiseUrgency(flow, plan, { severity: rebuild.severity, references: to.references }, written);
  await writeFollowUps(flow, rebuild.id, plan.followUps, underWay);
  await insertRows(
    flow.tx,
    'left_alone',
    plan.leftAlone.map(({ image, arch, reason, text }) => ({
      rebuild: rebuild.id,
      image,
      arch: arch ?? null,
      reason,
      text,
    })),
  );
  return {
    builds: builds.map(({ nvr, planned: { image, arches } }) => ({
      nvr,
      image,
      arches: arches.map(({ arch }) => arch),
    })),
    joined: joinedForEvent(plan.joined),
  };
};

/** One waits per image and arch: what waits for a failed parent to be tried again gives way to the new plan. */
const giveUpWaiting = async (flow: Flow, images: readonly ImageName[]): Promise<void> => {
  const waiting = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where(sql<boolean>`image = any(${[...images]}::text[])`)
    .where('state', '=', 'parent_failed')
    .orderBy('id')
    .forUpdate()
    .execute();
  await moveArchBuilds(flow, waiting, 'superseded', 'it is planned anew', { ended_at: flow.now });
};

const writeBuilds = async (flow: Flow, to: ToWrite, builds: readonly NewBuild[]): Promise<void> => {
  const rows = await inSlices(eachOf(builds, (build) => buildRow(flow, to, build)));
  await insertRows(flow.tx, 'build', rows);
  const causes = builds.map(({ id }) => ({ build: id, rebuild: to.rebuild.id }));
  await insertRows(flow.tx, 'build_cause', causes);
  const carried = builds.flatMap(({ id, planned }) =>
    planned.carried.map(({ arch, manifestDigest, nvr }) => ({
      build: id,
      arch,
      manifest_digest: manifestDigest,
      carried_from: nvr,
    })),
  );
  await insertRows(flow.tx, 'index_entry', carried);
};

const buildRow = (
  flow: Flow,
  { rebuild, revision }: ToWrite,
  { id, nvr, planned, definition, releaseNumber, baseline, parentBuild }: NewBuild,
) => ({
  id,
  nvr,
  image: planned.image,
  component: definition.component,
  version: definition.version,
  release_number: releaseNumber,
  distro_release: definition.distroRelease,
  revision,
  tree_id: definition.treeId,
  definition,
  severity: rebuild.severity,
  by_hand: planned.arches.some(({ reasons }) => reasons.some((reason) => reason.kind === 'by-hand')),
  state: 'planned' as const,
  seq: 0,
  baseline: baseline ?? null,
  parent_build: parentBuild ?? null,
  created_at: flow.now,
  updated_at: flow.now,
});

const writeArchBuilds = async (
  flow: Flow,
  archBuilds: readonly NewArchBuild[],
  urgency: PlanUrgency,
): Promise<void> => {
  const rows = await inSlices(
    eachOf(archBuilds, (archBuild) => ({
      ...archBuildRow(flow, archBuild),
      ...urgency(archBuild.image, archBuild.planned.arch),
    })),
  );
  await insertRows(flow.tx, 'arch_build', rows);
};

const recordBeginnings = async (
  flow: Flow,
  { rebuild }: ToWrite,
  builds: readonly NewBuild[],
  archBuilds: readonly NewArchBuild[],
): Promise<void> => {
  const ofBuilds = builds.map(({ id, nvr }) => ({
    kind: 'build' as const,
    id,
    subject: nvr,
    from: null,
    to: 'planned' as const,
    reason: `rebuild ${rebuild.id}`,
  }));
  const ofArchBuilds = await inSlices(
    eachOf(archBuilds, ({ id, image, parent, planned: { arch, reasons } }) => ({
      kind: 'archBuild' as const,
      id,
      subject: `${image}.${arch}`,
      from: null,
      to: stateOf(parent),
      reason: reasons.map(describeReason).join('; '),
    })),
  );
  await recordTransitions(flow, [...ofBuilds, ...ofArchBuilds]);
};

const isReady = (parent: NewArchBuild['parent']): boolean => parent === undefined || parent.built;

const stateOf = (parent: NewArchBuild['parent']): ArchBuild['state'] =>
  isReady(parent) ? 'ready' : 'blocked';

const archBuildRow = (flow: Flow, { id, build, image, parent, planned }: NewArchBuild) => ({
  id,
  build,
  image,
  arch: planned.arch,
  state: stateOf(parent),
  seq: 0,
  unmet: isReady(parent) ? 0 : 1,
  parent_arch_build: parent?.id ?? null,
  reasons: planned.reasons,
  proofs: [...planned.proofs],
  attempts: 0,
  ready_at: isReady(parent) ? flow.now : null,
  cause: storedCause(flow.cause),
});
