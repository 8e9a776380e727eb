/** What a decision is made of and what comes of it: plain data, easy to fill from rows, files or a request. */
import type { DecisionState } from '../../schemas/events/releasing.ts';
import type { Instant } from '../../schemas/instant.ts';
import type { Policy, Rule, SubjectType } from './policy.ts';
import type { RemoteRuleFiles } from './remote-rules.ts';

export interface Result {
  readonly id: number;
  readonly testCase: string;
  /** As ResultsDB has them. One that is not known counts as failed. */
  readonly outcome: string;
  readonly scenario?: string | undefined;
  /** Absent: the result is for the subject as a whole. */
  readonly arch?: string | undefined;
  readonly variant?: string | undefined;
  /** The attempt it belongs to; absent: an attempt of its own. */
  readonly run?: string | undefined;
  /** Grows with each result that came in; no two are equal. */
  readonly order: number;
  /** For requests that ask of a time in the past; without one it does not count there. */
  readonly at?: Instant | undefined;
  /** What was tested, of an image: its index, or one arch's manifest. */
  readonly digest?: string | undefined;
  /** ResultsDB's own data: how it says what was tested, of anything else. */
  readonly data?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly errorReason?: string | undefined;
}

export interface Waiver {
  /** Grows with each waiver made: of two with the same key the higher counts. */
  readonly id: number;
  readonly subjectType: string;
  readonly subjectIdentifier: string;
  readonly testCase: string;
  readonly productVersion: string;
  /** False takes back the earlier ones with the same key. */
  readonly waived: boolean;
  readonly at: Instant;
  /** Absent: all scenarios. */
  readonly scenario?: string | undefined;
  /** Absent: all arches. */
  readonly arch?: string | undefined;
  /** It holds before then. */
  readonly expires?: Instant | undefined;
  /** Only this result is forgiven. */
  readonly result?: number | undefined;
}

export interface Subject {
  readonly type: string;
  readonly identifier: string;
  /** Identifiers under which waivers may name it as well: the digest of a build that is asked for by NVR. */
  readonly alsoKnownAs?: readonly string[] | undefined;
  /** What `valid_since`, `valid_until` and `alarm_after` go by; absent: `now`, and nothing is an alarm. */
  readonly builtAt?: Instant | undefined;
  /** Those that rules with `arches: required` want to hear of. */
  readonly requiredArches?: readonly string[] | undefined;
  /** An image of ours: only results for exactly these digests count. */
  readonly image?: ImageDigests | undefined;
}

export interface ImageDigests {
  readonly indexDigest: string;
  readonly manifests: readonly { readonly arch: string; readonly manifestDigest: string }[];
}

export interface DecisionRequest {
  /** Policies for any of them apply. */
  readonly decisionContexts: readonly string[];
  /** Instead of policies. */
  readonly rules?: readonly Rule[] | undefined;
  readonly productVersion: string;
  /** At least one. */
  readonly subjects: readonly Subject[];
  /** Only results and waivers until then. */
  readonly when?: Instant | undefined;
  /** Ids of results and waivers that are taken as not there. */
  readonly ignoreResults?: readonly number[] | undefined;
  readonly ignoreWaivers?: readonly number[] | undefined;
  /** Lists latest results and waivers in force, asked for or not. */
  readonly verbose?: boolean | undefined;
}

export interface DecisionInput {
  readonly policies: readonly Policy[];
  /** Described beside those that are known anyway. */
  readonly subjectTypes: readonly SubjectType[];
  readonly request: DecisionRequest;
  /** In any order; of other subjects too. */
  readonly results: readonly Result[];
  readonly waivers: readonly Waiver[];
  /** What RemoteRules lead to. Absent: nothing is there. */
  readonly remoteRules?: RemoteRuleFiles | undefined;
  /** Waivers expire by it, unless the request asks of another time. */
  readonly now: Instant;
}

/** How a test stands that a policy asks for. */
export type TestState = 'passed' | 'missing' | 'queued' | 'running' | 'failed' | 'errored';

interface OfSubject {
  readonly subjectType: string;
  readonly subjectIdentifier: string;
}

/** One for each rule, scenario, arch and variant. */
export interface TestRequirement extends OfSubject {
  readonly kind: 'test';
  readonly testCase: string;
  readonly scenario?: string | undefined;
  readonly arch?: string | undefined;
  readonly variant?: string | undefined;
  readonly state: TestState | 'waived';
  /** How it would stand without the waiver. */
  readonly unwaived?: TestState | undefined;
  readonly result?: number | undefined;
  readonly waiver?: number | undefined;
  readonly errorReason?: string | undefined;
  /** Address of the file that asks for it; absent: a policy of the server. */
  readonly source?: string | undefined;
  /** From then on it is an alarm that this waits. */
  readonly alarmAt?: Instant | undefined;
}

/** A policy that leaves this package out. */
export interface Excluded extends OfSubject {
  readonly kind: 'excluded';
  readonly state: 'passed';
  readonly policy?: string | undefined;
  readonly source?: string | undefined;
}

export interface FetchedFile extends OfSubject {
  readonly kind: 'fetched-gating-yaml';
  readonly state: 'passed';
  readonly source: string;
}

/** A file with further policies that is missing, cannot be fetched or cannot be used. */
export interface FileProblem extends OfSubject {
  readonly kind: 'missing-gating-yaml' | 'invalid-gating-yaml' | 'failed-fetch-gating-yaml';
  readonly state: 'failed' | 'errored' | 'waived';
  readonly waiver?: number | undefined;
  /** Where it was looked for. */
  readonly sources: readonly string[];
  readonly details?: string | undefined;
}

export type Requirement = TestRequirement | Excluded | FetchedFile | FileProblem;

export interface Decision {
  /** `waiting`: nothing has failed, and something is not known yet. */
  readonly state: DecisionState;
  readonly summary: string;
  readonly requirements: readonly Requirement[];
  /** Ids of those that apply, a policy as often as there are subjects that it is for. */
  readonly applicablePolicies: readonly string[];
  /** Of a verbose request the latest results of the subjects, asked for or not, newest first. */
  readonly latestResults: readonly number[];
  /** Waivers in force for the subjects, asked for or not, newest first. */
  readonly waiversInForce: readonly number[];
}

/** The request cannot be decided upon; status and message are Greenwave's. */
export interface Refusal {
  readonly status: 400 | 404;
  readonly message: string;
}
