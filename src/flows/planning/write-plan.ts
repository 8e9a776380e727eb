/** A plan becomes rows: builds with their reserved NVRs, arch builds with what they wait for, what was left alone. */
import { sql } from 'kysely';
import type { Arch, ImageName, Nvr } from '../../../schemas/ids.ts';
import type { Plan, PlannedArchBuild } from '../../planning/plan-types.ts';
import { describeReason } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { storedCause } from '../../runtime/flow.ts';
import { insertAll, rowsInto } from '../../store/insert-rows.ts';
import { type ArchBuild, type Rebuild, transitionRow } from '../move.ts';
import { moveArchBuilds } from '../move-many.ts';
import { waitForBuildParents } from './build-parents.ts';
import { addArchBuilds, joinBuilds, joinedForEvent } from './join-builds.ts';
import { type NewBuild, newBuilds, reserve, type ToWrite } from './new-builds.ts';
import { type PlanUrgency, planUrgency } from './plan-urgency.ts';
import { raiseUrgency } from './raise-urgency.ts';
import { writeFollowUps } from './write-follow-ups.ts';
import { archBuildKey, type Written, type WrittenArchBuild, writtenSoFar } from './written.ts';

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
  const [, reserved, urgency] = await Promise.all([
    giveUpWaiting(flow, plan.order),
    reserve(flow, to),
    planUrgency(flow, plan, to.references),
  ]);
  const written = writtenSoFar(underWay);
  await addArchBuilds(flow, plan.joined, underWay, written);
  const builds = await newBuilds(to, reserved, written);
  await insertAll(
    flow.tx,
    rowsInto('build', buildRows(flow, to, builds)),
    rowsInto('build_cause', causeRows(rebuild, builds)),
    rowsInto('index_entry', carriedRows(builds)),
    rowsInto('arch_build', archBuildRows(flow, builds, urgency, written)),
    rowsInto('transition', beginnings(flow, to, builds, written)),
    rowsInto('left_alone', leftAloneRows(rebuild, plan)),
  );
  await waitForBuildParents(flow, plan);
  await joinBuilds(flow, { rebuild, joined: plan.joined, underWay }, written);
  await raiseUrgency(flow, plan, { severity: rebuild.severity, references: to.references }, written);
  await writeFollowUps(flow, rebuild.id, plan.followUps, underWay);
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

function* buildRows(flow: Flow, to: ToWrite, builds: readonly NewBuild[]) {
  for (const build of builds) yield buildRow(flow, to, build);
}

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

function* causeRows({ id: rebuild }: Rebuild, builds: readonly NewBuild[]) {
  for (const { id: build } of builds) yield { build, rebuild };
}

function* carriedRows(builds: readonly NewBuild[]) {
  for (const { id: build, planned } of builds)
    for (const { arch, manifestDigest, nvr } of planned.carried)
      yield { build, arch, manifest_digest: manifestDigest, carried_from: nvr };
}

/** Each after its parents. */
function* archBuildRows(flow: Flow, builds: readonly NewBuild[], urgency: PlanUrgency, written: Written) {
  const cause = storedCause(flow.cause);
  for (const { id: build, planned } of builds) {
    for (const archBuild of planned.arches) {
      const { arch, reasons, proofs } = archBuild;
      const { id, parent } = placeOf(planned.image, archBuild, written);
      const urgent = urgency(planned.image, arch);
      // Spelled out: putting it together from parts made ten times the garbage, of 20,000 rows.
      yield {
        id,
        build,
        image: planned.image,
        arch,
        state: stateUpon(parent),
        seq: 0,
        unmet: isReady(parent) ? 0 : 1,
        parent_arch_build: parent?.id ?? null,
        reasons,
        proofs,
        attempts: 0,
        ready_at: isReady(parent) ? flow.now : null,
        cause,
        estimated_seconds: urgent.estimated_seconds,
        path_seconds: urgent.path_seconds,
        planned_at: urgent.planned_at,
        severity: urgent.severity,
        by_hand: urgent.by_hand,
        causes: urgent.causes,
      };
    }
  }
}

/** The first transitions of all. */
function* beginnings(flow: Flow, { rebuild }: ToWrite, builds: readonly NewBuild[], written: Written) {
  for (const { id, nvr } of builds) {
    const begins = { kind: 'build', id, subject: nvr, from: null, to: 'planned' } as const;
    yield transitionRow(flow, { ...begins, reason: `rebuild ${rebuild.id}` });
  }
  for (const { planned } of builds) {
    for (const archBuild of planned.arches) {
      const { id, parent } = placeOf(planned.image, archBuild, written);
      const subject = `${planned.image}.${archBuild.arch}`;
      const begins = { kind: 'archBuild', id, subject, from: null, to: stateUpon(parent) } as const;
      yield transitionRow(flow, { ...begins, reason: archBuild.reasons.map(describeReason).join('; ') });
    }
  }
}

/** The arch build of a layer parent, where that is planned too, or under way. */
type Upon = WrittenArchBuild | undefined;

/** Which row it is, and upon which. */
const placeOf = (
  image: ImageName,
  { arch, parent }: PlannedArchBuild,
  { archBuilds }: Written,
): { readonly id: number; readonly parent: Upon } => {
  const own = archBuilds.get(archBuildKey(image, arch));
  if (own === undefined) throw new Error(`${image} on ${arch} has no number`);
  const isBuilt = parent.kind === 'planned' || parent.kind === 'under-way';
  return { id: own.id, parent: isBuilt ? archBuilds.get(archBuildKey(parent.image, arch)) : undefined };
};

function* leftAloneRows({ id: rebuild }: Rebuild, { leftAlone }: Plan) {
  for (const { image, arch, reason, text } of leftAlone)
    yield { rebuild, image, arch: arch ?? null, reason, text };
}

const isReady = (parent: Upon): boolean => parent === undefined || parent.built;

const stateUpon = (parent: Upon): ArchBuild['state'] => (isReady(parent) ? 'ready' : 'blocked');
