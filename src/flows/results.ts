/** A test result for an image of ours, from whatever CI: counted once per meaning. */
import { type Outcome, ResultRecorded } from '../../schemas/events/releasing.ts';
import { type Arch, ImageName, IndexDigest, Nvr } from '../../schemas/ids.ts';
import type { Flow } from '../runtime/consumer.ts';
import type { Build } from './move.ts';

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
  const subject = await subjectOf(flow, result);
  if (subject === undefined) {
    flow.log.info(
      { testCase: result.testCase, subject: result.subject },
      'ignored: a result for no image of ours',
    );
    return;
  }
  const { build, digest, arch } = subject;
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

interface Subject {
  readonly build: Build;
  readonly digest: string;
  readonly arch: Arch | undefined;
}

/** By index digest, else by an arch's manifest digest. An NVR alone names no bytes, so it never counts here. */
const subjectOf = async (flow: Flow, result: Result): Promise<Subject | undefined> => {
  const { digest } = result.subject;
  if (digest === undefined) return undefined;
  const byIndex = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('index_digest', '=', digest)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (byIndex !== undefined) return { build: byIndex, digest, arch: result.arch };
  const byManifest = await flow.tx
    .selectFrom('index_entry')
    .innerJoin('build', 'build.id', 'index_entry.build')
    .selectAll('build')
    .select('index_entry.arch')
    .where('index_entry.manifest_digest', '=', digest)
    .where('build.index_digest', 'is not', null)
    .orderBy('build.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (byManifest === undefined) return undefined;
  const { arch, ...build } = byManifest;
  return { build, digest, arch };
};
