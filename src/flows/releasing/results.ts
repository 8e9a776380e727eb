/** A test result for an image of ours, from whatever CI: counted once per meaning. */
import { type Outcome, ResultRecorded } from '../../../schemas/events/releasing.ts';
import { type Arch, ImageName, IndexDigest, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Build } from '../move.ts';

export interface Result {
  readonly testCase: string;
  readonly outcome: Outcome;
  readonly subject: { readonly digest?: string | undefined; readonly nvr?: string | undefined };
  readonly arch?: Arch | undefined;
  /** Pipeline or run: its later state beats its earlier one. */
  readonly run: string;
  readonly submittedAt?: string | undefined;
  readonly url?: string | undefined;
}

/** Writes a result down and says so; one about an image that is not ours leaves a line in the log. */
export const recordResult = async (flow: Flow, origin: string, result: Result): Promise<void> => {
  const told = { testCase: result.testCase, subject: result.subject };
  if (origin === 'upstream' && result.testCase.startsWith(ownNamespace)) {
    flow.log.warn(told, 'ignored: what flibs itself reports does not come from elsewhere');
    return;
  }
  const subjects = await subjectsOf(flow, result);
  if (subjects.length === 0) flow.log.info(told, 'ignored: a result for no image of ours');
  for (const subject of subjects) await recordFor(flow, origin, result, subject);
};

/** Anyone may write to the upstream exchange: our own test cases count from our own exchange only. */
const ownNamespace = 'flibs.';

const recordFor = async (
  flow: Flow,
  origin: string,
  result: Result,
  { build, digest, arch }: Subject,
): Promise<void> => {
  const recorded = await flow.tx
    .insertInto('result')
    .values({
      build: build.id,
      test_case: result.testCase,
      outcome: result.outcome,
      arch: arch ?? null,
      digest,
      run_key: result.run,
      origin,
      message_id: flow.cause.messageId,
      url: result.url ?? null,
      submitted_at: result.submittedAt === undefined ? null : new Date(result.submittedAt),
      received_at: flow.now,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (recorded === undefined || build.index_digest === null) return;
  await flow.say(ResultRecorded, {
    schemaVersion: 1,
    aggregate: { kind: 'result', id: String(recorded.id), seq: 0 },
    result: recorded.id,
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    testCase: result.testCase,
    outcome: result.outcome,
    ...(arch === undefined ? {} : { arch }),
    indexDigest: IndexDigest.parse(build.index_digest),
  });
};

/** States in which a result for one arch's manifest may still decide something. */
const undecided: readonly Build['state'][] = ['candidate', 'testing', 'held', 'rejected'];

interface Subject {
  readonly build: Build;
  readonly digest: string;
  readonly arch: Arch | undefined;
}

/**
 * By index digest, else by an arch's manifest digest, which several builds may carry. An NVR alone names no bytes, so
 * it never counts here.
 */
const subjectsOf = async (flow: Flow, result: Result): Promise<Subject[]> => {
  const { digest } = result.subject;
  if (digest === undefined) return [];
  const byIndex = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('index_digest', '=', digest)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (byIndex !== undefined) return [{ build: byIndex, digest, arch: result.arch }];
  const byManifest = await flow.tx
    .selectFrom('index_entry')
    .innerJoin('build', 'build.id', 'index_entry.build')
    .selectAll('build')
    .select('index_entry.arch')
    .where('index_entry.manifest_digest', '=', digest)
    .where('build.index_digest', 'is not', null)
    .where('build.state', 'in', undecided)
    .orderBy('build.id')
    .execute();
  return byManifest.map(({ arch, ...build }) => ({ build, digest, arch }));
};
