/** The gate: what a candidate's own policy asks, and what the results say of exactly this index. */
import { GateDecisionChanged, Outcome } from '../../../schemas/events/releasing.ts';
import { ImageName, IndexDigest, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import { decideImage, type GateDecision, type GateInput } from '../../gating/decide-image.ts';
import { isAnotherDecision } from '../../gating/decision-update.ts';
import { instantOf } from '../../gating/instant.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { refreshBaseline } from '../baseline.ts';
import { afterBuildEnds } from '../ending/build-ends.ts';
import { supersedeDependants } from '../ending/end-build.ts';
import { type Build, lockBuildByNvr, moveBuild } from '../move.ts';
import { nominateAgain } from '../nominating/nominate-again.ts';
import type { Settings } from '../settings.ts';
import { setGateAlarm } from './gate-alarm.ts';
import { productVersionOf, waiversOf } from './waivers-of.ts';

/** States in which results still count. */
const undecided: readonly Build['state'][] = ['candidate', 'testing', 'held', 'rejected'];

/** Decides anew; says so only where the decision is another. A first look sets the candidate testing. */
export const considerGate = async (flow: Flow, settings: Settings, nvr: string): Promise<void> => {
  const found = await lockBuildByNvr(flow, nvr);
  if (found === undefined || !undecided.includes(found.state) || found.index_digest === null) return;
  const build =
    found.state === 'candidate' ? await moveBuild(flow, found, 'testing', 'the gate is asked') : found;
  if (build === undefined) return;
  const input = await gateInput(flow, build, IndexDigest.parse(build.index_digest));
  const decision = decideImage(input);
  const previous = await flow.tx
    .selectFrom('decision')
    .select(['state', 'requirements'])
    .where('build', '=', build.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!isAnotherDecision(previous, decision)) return;
  await sayDecision(flow, build, input, decision, previous?.state);
  // What is late already when the gate is first asked is told at once.
  const since = previous === undefined ? build.created_at : flow.now;
  await setGateAlarm(flow, nvr, decision.state === 'waiting' ? decision.requirements : [], since);
  if (decision.state === 'unsatisfied') await reject(flow, settings, build, decision.summary);
  else if (build.state === 'rejected') await takeBack(flow, build, decision.summary);
};

const gateInput = async (flow: Flow, build: Build, indexDigest: IndexDigest): Promise<GateInput> => {
  const entries = await flow.tx
    .selectFrom('index_entry')
    .selectAll()
    .where('build', '=', build.id)
    .orderBy('arch')
    .execute();
  const results = await flow.tx
    .selectFrom('result')
    .selectAll()
    .where('build', '=', build.id)
    .orderBy('id')
    .execute();
  const [productVersion, waivers] = await Promise.all([
    productVersionOf(flow, build),
    waiversOf(flow, build),
  ]);
  return {
    rules: build.definition.gating,
    requiredArches: entries.map((entry) => entry.arch),
    indexDigest,
    manifests: entries.map((entry) => ({
      arch: entry.arch,
      manifestDigest: ManifestDigest.parse(entry.manifest_digest),
    })),
    results: results.map((result) => ({
      // Of a report for several arches: that of the report.
      id: result.part_of ?? result.id,
      testCase: result.test_case,
      outcome: Outcome.parse(result.outcome),
      scenario: result.scenario ?? undefined,
      arch: result.arch ?? undefined,
      variant: result.variant ?? undefined,
      digest: result.digest === indexDigest ? indexDigest : ManifestDigest.parse(result.digest),
      run: result.run_key,
      receivedOrder: result.id,
    })),
    nvr: build.nvr,
    productVersion,
    waivers,
    builtAt: instantOf(build.created_at),
    now: instantOf(flow.now),
  };
};

/** Stores the decision with its inputs, so that it can be computed again, and says it. */
const sayDecision = async (
  flow: Flow,
  build: Build,
  input: GateInput,
  decision: GateDecision,
  previous: GateDecision['state'] | undefined,
): Promise<void> => {
  const { id } = await flow.tx
    .insertInto('decision')
    .values({
      build: build.id,
      state: decision.state,
      summary: decision.summary,
      requirements: JSON.stringify(decision.requirements),
      inputs: JSON.stringify(input),
      at: flow.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  flow.log.info({ nvr: build.nvr, decision: decision.state }, decision.summary);
  await flow.say(GateDecisionChanged, {
    schemaVersion: 1,
    aggregate: { kind: 'decision', id: String(build.id), seq: id },
    decision: id,
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    indexDigest: IndexDigest.parse(build.index_digest),
    state: decision.state,
    ...(previous === undefined ? {} : { previous }),
    summary: decision.summary,
    requirements: decision.requirements.slice(0, 200),
  });
};

/** A later run of what had failed has passed, or runs: the candidate is with CI again. */
const takeBack = async (flow: Flow, build: Build, summary: string): Promise<void> => {
  await moveBuild(flow, build, 'testing', summary, { ended_at: null });
  await refreshBaseline(flow, build.image);
};

/** Rejected: no baseline any more, and what was made upon it goes with it. */
const reject = async (flow: Flow, settings: Settings, build: Build, summary: string): Promise<void> => {
  if (build.state === 'rejected') return;
  const moved = await moveBuild(flow, build, 'rejected', summary, { ended_at: flow.now });
  if (!moved) return;
  await refreshBaseline(flow, build.image);
  const superseded = await supersedeDependants(flow, settings, moved, `${moved.nvr} was rejected`);
  await nominateAgain(flow, moved, superseded, 'rejected');
  await afterBuildEnds(flow, moved);
};
