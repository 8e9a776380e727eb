/** A test result for an image of ours that was told on a bus, by whatever CI. */
import type { Outcome } from '../../../schemas/events/releasing.ts';
import type { Arch } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { insertResult, sayRecorded } from './result-rows.ts';
import { buildsWithDigest, type Tested, type TestedBuild } from './result-subjects.ts';

export interface Result {
  readonly testCase: string;
  readonly outcome: Outcome;
  readonly subject: Tested;
  readonly arch?: Arch | undefined;
  readonly scenario?: string | undefined;
  readonly variant?: string | undefined;
  /** Pipeline or run: its later state beats its earlier one. */
  readonly run: string;
  /** Of a reporter that numbers its results. Without it the same of a run twice counts once. */
  readonly report?: string | undefined;
  readonly submittedAt?: string | undefined;
  readonly url?: string | undefined;
}

export interface Said {
  /** Among our facts, or by others. */
  readonly origin: 'facts' | 'upstream';
  /** Who said it, as far as that is known. */
  readonly reporter: string;
}

/**
 * Writes a result down and says so; one about an image that is not ours leaves a line in the log. An NVR alone names no
 * bytes, so on a bus it never counts.
 */
export const recordResult = async (flow: Flow, said: Said, result: Result): Promise<void> => {
  const { testCase, subject } = result;
  const told = { testCase, subject };
  if (said.origin === 'upstream' && isOwnTestCase(testCase)) {
    flow.log.warn(told, 'ignored: what flibs itself reports does not come from elsewhere');
    return;
  }
  const builds = subject.digest === undefined ? [] : await buildsWithDigest(flow, subject.digest);
  if (builds.length === 0) flow.log.info(told, 'ignored: a result for no image of ours');
  for (const tested of builds) await recordFor(flow, said, result, tested);
};

/** Only flibs itself reports those, among its facts. */
export const isOwnTestCase = (testCase: string): boolean => testCase.startsWith('flibs.');

const recordFor = async (
  flow: Flow,
  { origin, reporter }: Said,
  result: Result,
  { build, digest, arch = result.arch }: TestedBuild,
): Promise<void> => {
  const id = await insertResult(flow, {
    build: build.id,
    test_case: result.testCase,
    outcome: result.outcome,
    arch: arch ?? null,
    digest,
    run: result.run,
    origin,
    reporter,
    url: result.url ?? null,
    submitted_at: result.submittedAt ?? null,
    scenario: result.scenario ?? null,
    variant: result.variant ?? null,
    report_key: result.report ?? '',
    data: {
      item: [build.nvr],
      type: ['container-image'],
      nvr: [build.nvr],
      digest: [digest],
      run: [result.run],
      ...(arch === undefined ? {} : { system_architecture: [arch] }),
      ...(result.scenario === undefined ? {} : { scenario: [result.scenario] }),
      ...(result.variant === undefined ? {} : { system_variant: [result.variant] }),
    },
  });
  if (id !== undefined) await sayRecorded(flow, build, { id, arch, ...result });
};
