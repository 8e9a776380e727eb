/** A test result as CI Messages and ResultsDB tell it, in one form. */

import type { Outcome } from '../../schemas/events/releasing.ts';
import { Arch, archOfOci, type Digest, type Nvr } from '../../schemas/ids.ts';
import { quote, type Reading, refused, understood } from './reading.ts';

/** What was tested: an index or one arch's manifest, by digest where the message has one. */
export interface TestSubject {
  readonly digest?: Digest;
  readonly nvr?: Nvr;
}

export interface TestResult {
  readonly testCase: string;
  readonly outcome: Outcome;
  readonly subject: TestSubject;
  /** Absent: it holds for the whole index. */
  readonly arch?: Arch;
  readonly scenario?: string;
  readonly variant?: string;
  /** The CI's own id of the attempt: of one run the later state counts, whatever the order of arrival. */
  readonly run: string;
  /** Of a reporter that numbers its results. Without it the same of a run twice is one result. */
  readonly report?: string;
  /** ISO 8601 in UTC; absent where the message had none that can be read. */
  readonly submittedAt?: string;
  /** Where a person can look; `http:` or `https:` only. */
  readonly url?: string;
}

/** Artifact types, of CI Messages and of ResultsDB, that are container images. */
export const imageArtifacts: readonly string[] = ['container-image', 'redhat-container-image'];

/** Words that stand for no arch of its own: Python's `None` among them, as ResultsDB's values are texts. */
const anyArch: readonly string[] = ['', 'noarch', 'None', 'none'];

/**
 * The arches of a result: those that it names, or `[undefined]` when it names none. One that we do not know is
 * refused, since a result for one arch must not count for all.
 */
export const archesOf = (
  names: readonly (string | null | undefined)[],
  at: string,
): Reading<readonly (Arch | undefined)[]> => {
  const arches = new Set<Arch>();
  for (const name of names) {
    const given = name ?? '';
    if (anyArch.includes(given)) continue;
    const arch = Arch.safeParse(given).data ?? archOfOci({ architecture: given });
    if (arch === undefined) return refused(`${at}: ${quote(given)} is no arch that flibs knows`);
    arches.add(arch);
  }
  return understood(arches.size === 0 ? [undefined] : [...arches]);
};

/** What nobody said, or `None`, as ResultsDB's values are texts. */
export const unlessNone = (text: string | null | undefined): string | undefined =>
  text === '' || text === 'None' ? undefined : (text ?? undefined);

/** Text for people; what is no web address is left out. */
export const webAddress = (text: string | null | undefined): string | undefined =>
  /^https?:\/\/[!-~]+$/.exec(text ?? '')?.[0];

/** As the senders write it: `T` or a space between, fractions of any length, `Z`, `UTC`, an offset or nothing (UTC). */
const instant = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*\s?(Z|UTC|[+-]\d\d:?\d\d)?$/;

/** ISO 8601 in UTC, undefined for what is no time. */
export const instantOf = (text: string | null | undefined): string | undefined => {
  const [, day, time, fraction = '', zone = 'Z'] = instant.exec(text ?? '') ?? [];
  if (day === undefined || time === undefined) return undefined;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const date = new Date(`${day}T${time}${fraction}${offset}`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};
