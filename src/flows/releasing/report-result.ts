/** A result that somebody with a token reports: of any subject, and for the gate where that is an image of ours. */
import type { Caller } from '../../../schemas/caller.ts';
import type { Outcome } from '../../../schemas/events/releasing.ts';
import type { Arch } from '../../../schemas/ids.ts';
import type { Instant } from '../../../schemas/instant.ts';
import { mayJudge } from '../../gating/may-judge.ts';
import { aboutImage, runOf } from '../../nominating/resultsdb-data.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { Refused } from '../refused.ts';
import { insertResult, sayRecorded } from './result-rows.ts';
import { buildsNamed, type TestedBuild } from './result-subjects.ts';
import { isOwnTestCase } from './results.ts';

export interface ReportedResult {
  readonly testCase: { readonly name: string; readonly refUrl?: string | undefined };
  readonly outcome: Outcome;
  readonly data: Readonly<Record<string, readonly string[]>>;
  readonly groups: readonly string[];
  readonly note?: string | undefined;
  readonly refUrl?: string | undefined;
  readonly submitTime?: Instant | undefined;
}

/**
 * The id of the report. Nothing is taken for a repetition: of one run the later state counts, and what is reported again
 * is reported again.
 *
 * @throws {@link Refused} where the caller may not report this test case
 */
export const reportResult = async (flow: Flow, caller: Caller, reported: ReportedResult): Promise<number> => {
  demandMayReport(caller, reported.testCase.name);
  const about = aboutImage(reported.data);
  const image = about.verdict === 'understood' ? about.as : undefined;
  const builds = image === undefined ? [] : await buildsNamed(flow, image.subject);
  const targets = builds.flatMap((tested) => targetsOf(tested, image?.arches ?? [undefined]));
  const [first, ...others] = targets;
  const row = {
    ...rowOf(flow, caller, reported),
    scenario: image?.scenario ?? null,
    variant: image?.variant ?? null,
  };
  const id = await insertResult(flow, { ...row, ...columnsOf(first) });
  if (id === undefined) throw new Error(`message ${flow.cause.messageId} has reported a result before`);
  for (const other of others) await insertResult(flow, { ...row, ...columnsOf(other), part_of: id });
  const { name: testCase } = reported.testCase;
  for (const { build, arch } of targets)
    await sayRecorded(flow, build, { id, testCase, outcome: reported.outcome, arch });
  return id;
};

const demandMayReport = (caller: Caller, testCase: string): void => {
  if (isOwnTestCase(testCase))
    throw new Refused(
      'forbidden',
      `${testCase} is a test of flibs itself, which alone reports it`,
      'a waiver forgives it',
    );
  if (mayJudge(caller, 'results', testCase)) return;
  throw new Refused(
    'forbidden',
    `the token ${caller.name} may not report ${testCase}`,
    `it may report ${(caller.testCases ?? []).join(', ')}`,
  );
};

/** What was tested of a build: its index as a whole, the index on each arch that is named, or one arch's manifest. */
const targetsOf = (tested: TestedBuild, arches: readonly (Arch | undefined)[]): readonly TestedBuild[] =>
  tested.arch === undefined
    ? arches.map((arch) => ({ ...tested, ...(arch === undefined ? {} : { arch }) }))
    : [tested];

const columnsOf = (tested: TestedBuild | undefined) => ({
  build: tested?.build.id ?? null,
  digest: tested?.digest ?? null,
  arch: tested?.arch ?? null,
});

const rowOf = (
  flow: Flow,
  caller: Caller,
  { testCase, outcome, data, groups, note, refUrl, submitTime }: ReportedResult,
) => {
  const { messageId } = flow.cause;
  return {
    test_case: testCase.name,
    testCaseUrl: testCase.refUrl,
    outcome,
    data,
    groups: [...groups],
    note: note ?? null,
    url: refUrl ?? null,
    submitted_at: submitTime ?? null,
    origin: 'http',
    reporter: caller.name,
    run: runOf(data, refUrl) ?? `report:${messageId}`,
    report_key: messageId,
  };
};
