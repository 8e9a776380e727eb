/** A plan becomes rows: builds with their reserved NVRs, arch builds with what they wait for, what was left alone. */
import type { ImageDefinition } from '../../schemas/files/image.ts';
import { type Arch, type ImageName, Nvr } from '../../schemas/ids.ts';
import type { Plan, PlannedArchBuild, PlannedBuild } from '../planning/plan-types.ts';
import { describeReason } from '../planning/reason.ts';
import type { Flow } from '../runtime/consumer.ts';
import { baselineOf } from './baseline.ts';
import { begunNow } from './begun.ts';
import { waitForBuildParents } from './build-parents.ts';
import { moveArchBuild, type Rebuild, recordTransition } from './move.ts';
import { type PlanUrgency, planUrgency } from './plan-urgency.ts';

export interface ToWrite {
  readonly rebuild: Rebuild;
  readonly revision: number;
  readonly plan: Plan;
  readonly definitions: ReadonlyMap<ImageName, ImageDefinition>;
}

export interface WrittenBuild {
  readonly nvr: Nvr;
  readonly image: ImageName;
  readonly arches: Arch[];
}

/** Ids of what is written already, for what is built upon it. */
interface Written {
  readonly urgency: PlanUrgency;
  readonly builds: Map<ImageName, number>;
  readonly archBuilds: Map<string, number>;
}

export const writePlan = async (flow: Flow, to: ToWrite): Promise<WrittenBuild[]> => {
  const urgency = await planUrgency(flow, to.plan, to.rebuild.severity);
  const written: Written = { urgency, builds: new Map(), archBuilds: new Map() };
  const builds: WrittenBuild[] = [];
  for (const planned of to.plan.builds) builds.push(await writeBuild(flow, to, planned, written));
  await waitForBuildParents(flow, to.plan);
  for (const { image, arch, reason, text } of to.plan.leftAlone) {
    await flow.tx
      .insertInto('left_alone')
      .values({ rebuild: to.rebuild.id, image, arch: arch ?? null, reason: JSON.stringify(reason), text })
      .execute();
  }
  return builds;
};

const writeBuild = async (
  flow: Flow,
  to: ToWrite,
  planned: PlannedBuild,
  written: Written,
): Promise<WrittenBuild> => {
  const definition = to.definitions.get(planned.image);
  if (definition === undefined) throw new Error(`the plan builds ${planned.image}, which is not defined`);
  await giveUpWaiting(flow, planned.image);
  const releaseNumber = await reserveReleaseNumber(flow, definition);
  const nvr = Nvr.parse(`${definition.component}-${definition.version}-${releaseNumber}`);
  const baseline = await flow.tx
    .selectFrom('current')
    .select('nvr')
    .where('image', '=', planned.image)
    .limit(1)
    .executeTakeFirst();
  const { id } = await flow.tx
    .insertInto('build')
    .values({
      nvr,
      image: planned.image,
      component: definition.component,
      version: definition.version,
      release_number: releaseNumber,
      distro_release: definition.distroRelease,
      revision: to.revision,
      tree_id: definition.treeId,
      definition: JSON.stringify(definition),
      severity: to.rebuild.severity,
      by_hand: planned.arches.some(({ reasons }) => reasons.some((reason) => reason.kind === 'by-hand')),
      state: 'planned',
      baseline: baseline?.nvr ?? null,
      parent_build: await parentBuild(flow, definition, written),
      created_at: flow.now,
      updated_at: flow.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordTransition(flow, {
    kind: 'build',
    id,
    subject: nvr,
    from: null,
    to: 'planned',
    reason: `rebuild ${to.rebuild.id}`,
  });
  await flow.tx.insertInto('build_cause').values({ build: id, rebuild: to.rebuild.id }).execute();
  for (const carried of planned.carried) {
    await flow.tx
      .insertInto('index_entry')
      .values({
        build: id,
        arch: carried.arch,
        manifest_digest: carried.manifestDigest,
        carried_from: carried.nvr,
      })
      .execute();
  }
  written.builds.set(planned.image, id);
  for (const archBuild of planned.arches) await writeArchBuild(flow, id, planned.image, archBuild, written);
  return { nvr, image: planned.image, arches: planned.arches.map(({ arch }) => arch) };
};

/** One waits per image and arch: what waits for a failed parent to be tried again gives way to the new plan. */
const giveUpWaiting = async (flow: Flow, image: ImageName): Promise<void> => {
  const waiting = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('image', '=', image)
    .where('state', '=', 'parent_failed')
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const archBuild of waiting)
    await moveArchBuild(flow, archBuild, 'superseded', 'it is planned anew', { ended_at: flow.now });
};

/** Reserved when planned and never used twice. */
const reserveReleaseNumber = async (flow: Flow, definition: ImageDefinition): Promise<number> => {
  const row = await flow.tx
    .insertInto('release_number')
    .values({ component: definition.component, version: definition.version, last: 1 })
    .onConflict((oc) =>
      oc.columns(['component', 'version']).doUpdateSet((eb) => ({ last: eb('release_number.last', '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  return row.last;
};

/**
 * The build of the layer parent that this one is made upon: planned with it, or the parent's baseline. A baseline may be
 * undecided, so it is named too: nothing is released before what it is made upon.
 */
const parentBuild = async (
  flow: Flow,
  definition: ImageDefinition,
  written: Written,
): Promise<number | null> => {
  const parent = definition.parents.find(({ edge }) => edge === 'layer');
  if (parent?.kind !== 'image') return null;
  return written.builds.get(parent.image) ?? (await baselineOf(flow, parent.image))?.id ?? null;
};

const writeArchBuild = async (
  flow: Flow,
  build: number,
  image: ImageName,
  planned: PlannedArchBuild,
  written: Written,
): Promise<void> => {
  const parent =
    planned.parent.kind === 'planned'
      ? written.archBuilds.get(`${planned.parent.image} ${planned.arch}`)
      : undefined;
  const state = parent === undefined ? 'ready' : 'blocked';
  const { id } = await flow.tx
    .insertInto('arch_build')
    .values({
      build,
      image,
      arch: planned.arch,
      state,
      unmet: parent === undefined ? 0 : 1,
      parent_arch_build: parent ?? null,
      reasons: JSON.stringify(planned.reasons),
      proofs: JSON.stringify(planned.proofs),
      ready_at: parent === undefined ? flow.now : null,
      cause: begunNow(flow),
      ...written.urgency(image, planned.arch),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  written.archBuilds.set(`${image} ${planned.arch}`, id);
  const reason = planned.reasons.map(describeReason).join('; ');
  await recordTransition(flow, {
    kind: 'archBuild',
    id,
    subject: `${image}.${planned.arch}`,
    from: null,
    to: state,
    reason,
  });
};
