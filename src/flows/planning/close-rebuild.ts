/** Closes a rebuild that collected long enough: a fresh look at repositories, then the plan. */

import { RebuildPlanned } from '../../../schemas/events/planning.ts';
import { DistroReleaseName } from '../../../schemas/ids.ts';
import type { Nomination } from '../../../schemas/nomination.ts';
import type { UpdateType } from '../../../schemas/update-type.ts';
import { planInSteps } from '../../planning/plan.ts';
import type { Plan } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { inSlices } from '../../runtime/in-slices.ts';
import { currentRevision } from '../defining/current-revision.ts';
import { giveWay } from '../ending/give-way.ts';
import { finishRebuild, startRebuilds } from '../ending/rebuild-ends.ts';
import { lockKeptBackForPlan } from '../lock.ts';
import { lookAtStale, type Stale, staleRepositories } from '../looking/repositories.ts';
import { moveRebuild, type Rebuild } from '../move.ts';
import type { Settings } from '../settings.ts';
import { closeTimer, lockCollecting } from './collect.ts';
import { endObserved, withoutAdopted } from './observe.ts';
import { placeHolds } from './place-holds.ts';
import { type InQuestion, readPlanInput } from './plan-input.ts';
import { tellWithdrawn } from './tell-withdrawn.ts';
import { type BuildsUnderWay, lockUnderWay } from './under-way.ts';
import { withdrawalsIn } from './withdrawals.ts';
import { type WrittenPlan, writePlan } from './write-plan.ts';

/** Called by its timer, and whenever a repository was looked at. */
export const closeRebuild = async (flow: Flow, settings: Settings, distroRelease: string): Promise<void> => {
  const [, rebuild] = await Promise.all([
    lockCollecting(flow, distroRelease),
    flow.tx
      .selectFrom('rebuild')
      .selectAll()
      .where('distro_release', '=', distroRelease)
      .where('state', '=', 'collecting')
      .forUpdate()
      .executeTakeFirst(),
  ]);
  if (rebuild === undefined) return;
  if (rebuild.close_at > flow.now) {
    await flow.timer({ kind: closeTimer, key: distroRelease, due: rebuild.close_at });
    return;
  }
  const stale = await staleRepositories(flow, distroRelease, rebuild.last_nominated_at);
  const isPatient = flow.now.getTime() < rebuild.close_at.getTime() + patienceWithUnreadable * 1000;
  if (stale.some(({ knownFromBefore }) => isPatient || !knownFromBefore)) {
    await lookAtStale(flow, stale);
    const waiting = `waits for a look at ${reasonsOf(stale)}`;
    await flow.tx.updateTable('rebuild').set({ waiting }).where('id', '=', rebuild.id).execute();
    return;
  }
  if (stale.length > 0)
    flow.log.warn(
      { rebuild: rebuild.id, stale: reasonsOf(stale) },
      'planned with what repositories offered before',
    );
  await planRebuild(flow, settings, rebuild, stale);
};

/**
 * Seconds, four attempts: one repository of one arch must not hold up what the others offer. What it offers once it can
 * be read again is nominated by that look.
 */
const patienceWithUnreadable = 60;

const reasonsOf = (stale: readonly Stale[]): string =>
  stale
    .slice(0, 5)
    .map(({ reason }) => reason)
    .join('; ');

const planRebuild = async (
  flow: Flow,
  settings: Settings,
  rebuild: Rebuild,
  stale: readonly Stale[],
): Promise<void> => {
  const [revision, , question] = await Promise.all([
    // Read before the definitions: the plan may rest on newer ones than it names, never on older.
    currentRevision(flow),
    lockKeptBackForPlan(flow),
    inQuestion(flow, rebuild),
  ]);
  let underWay: BuildsUnderWay = new Map();
  const { input, definitions } = await readPlanInput(flow, question, async (images) => {
    underWay = await lockUnderWay(flow, images);
    return new Map([...underWay].map(([image, { asPlanned }]) => [image, asPlanned]));
  });
  const plannable = settings.observe ? input : withoutAdopted(input, definitions);
  const planned = await inSlices(planInSteps(plannable));
  const summary = [summaryOf(planned), ...(await remarksOn(flow, question, stale))].join('; ');
  const moved = await moveRebuild(flow, rebuild, 'planned', summary, {
    planned_at: flow.now,
    revision,
  });
  if (!moved) return;
  const baselines = new Map(
    input.images.flatMap(({ name, baseline }) => (baseline ? [[name, baseline.nvr] as const] : [])),
  );
  const { references } = question;
  const [written] = await Promise.all([
    writePlan(flow, {
      rebuild: moved,
      revision,
      plan: planned,
      definitions,
      baselines,
      underWay,
      references,
    }),
    closeTargets(flow, settings, rebuild),
  ]);
  const { distro_release: distroRelease } = rebuild;
  const { withdrawals = [] } = question;
  if (withdrawals.length > 0)
    await tellWithdrawn(flow, { distroRelease, withdrawals, held: input.withdrawn, plan: planned });
  if (settings.observe) await endObserved(flow, moved.id);
  else await placeHolds(flow, rebuild.distro_release, planned);
  await sayPlanned(flow, settings, moved, written);
  await giveWay(flow, settings, planned.followUps);
  if (written.builds.length + written.joined.length === 0)
    await finishRebuild(flow, moved, 'nothing to build');
  else if (settings.observe) await finishRebuild(flow, moved, 'flibs only observes');
  for (const { image } of written.joined) {
    const joined = underWay.get(image)?.build;
    if (joined?.state === 'building') await startRebuilds(flow, joined.id);
  }
};

const summaryOf = ({ builds, joined, followUps }: Plan): string => {
  const parts = [
    [builds.length, 'images to build'],
    [joined.length, 'builds under way take on its causes'],
    [followUps.length, 'arch builds to follow up'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return parts.length === 0 ? 'nothing to build' : parts.join(', ');
};

/** What a person ought to know who wonders about a plan. */
const remarksOn = async (
  flow: Flow,
  question: InQuestion,
  stale: readonly Stale[],
): Promise<readonly string[]> => {
  const unlisted = await unlistedModules(flow, question);
  return [
    ...(unlisted.length === 0 ? [] : [`no repository lists ${unlisted.join(', ')}`]),
    ...(stale.length === 0 ? [] : [`with what was on offer before at ${reasonsOf(stale)}`]),
  ];
};

const unlistedModules = async (
  flow: Flow,
  { distroRelease, modules }: InQuestion,
): Promise<readonly string[]> => {
  if (modules.length === 0) return [];
  const listed = await flow.tx
    .selectFrom('module_build')
    .select('label')
    .where('distro_release', '=', distroRelease)
    .where('label', 'in', [...modules])
    .execute();
  return modules.filter((module) => !listed.some(({ label }) => label === module));
};

/** Everything that was nominated into this rebuild. */
const inQuestion = async (flow: Flow, rebuild: Rebuild): Promise<InQuestion> => {
  const rows = await flow.tx
    .selectFrom('nomination_target')
    .innerJoin('nomination', 'nomination.id', 'nomination_target.nomination')
    .select([
      'nomination_target.target',
      'nomination.kind',
      'nomination.severity',
      'nomination.reference',
      'nomination.body',
    ])
    .where('nomination_target.rebuild', '=', rebuild.id)
    .where('nomination_target.closed_at', 'is', null)
    .orderBy('nomination.id')
    .execute();
  const targets = (...kinds: string[]) => rows.filter((row) => kinds.includes(row.kind));
  return {
    distroRelease: rebuild.distro_release,
    sources: [...new Set(targets('packages').map((row) => row.target))],
    bases: [...new Set(targets('base').map((row) => row.target))],
    security: targets('packages', 'module')
      .filter((row) => row.severity !== 'none')
      .map((row) => row.target),
    withdrawals: targets('withdrawal').length > 0 ? await withdrawalsIn(flow, rebuild.id) : [],
    modules: [...new Set(targets('module').map((row) => row.target))],
    requests: targets('sources', 'parents', 'manual').map((row) => ({
      image: row.target,
      why: row.kind === 'manual' ? 'by-hand' : row.kind === 'parents' ? 'parent' : 'source',
      reference: row.reference,
      arches: row.body.kind === 'manual' ? row.body.arches : undefined,
    })),
    references: targets('packages', 'module').map(({ target, reference, body }) => ({
      source: target,
      reference,
      kind: { type: updateTypeOf(body), severity: body.severity },
    })),
  };
};

const updateTypeOf = (nomination: Nomination): UpdateType =>
  nomination.kind === 'module'
    ? 'module'
    : ((nomination.kind === 'packages' ? nomination.updateType : undefined) ?? 'unspecified');

/** All was looked at; what came too late for a build under way is kept as a follow-up. */
const closeTargets = async (flow: Flow, { observe }: Settings, rebuild: Rebuild): Promise<void> => {
  await flow.tx
    .updateTable('nomination_target')
    .set({ closed_at: flow.now, seen: observe ? 'observed' : 'planned' })
    .where('rebuild', '=', rebuild.id)
    .where('closed_at', 'is', null)
    .execute();
};

const sayPlanned = async (
  flow: Flow,
  { observe }: Settings,
  rebuild: Rebuild,
  { builds, joined }: WrittenPlan,
): Promise<void> => {
  await flow.say(RebuildPlanned, {
    schemaVersion: 1,
    aggregate: { kind: 'rebuild', id: String(rebuild.id), seq: rebuild.seq },
    rebuild: rebuild.id,
    distroRelease: DistroReleaseName.parse(rebuild.distro_release),
    reference: rebuild.reference,
    ...(observe ? { observed: true } : {}),
    builds: builds.slice(0, 200),
    buildCount: builds.length,
    archBuildCount: builds.reduce((sum, build) => sum + build.arches.length, 0),
    joined: joined.slice(0, 200),
    joinedCount: joined.length,
  });
};
