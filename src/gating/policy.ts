/** Policies, and the kinds of subjects that they speak of, as plain data. The language is explained in docs/gating.md. */
import type { Instant } from '../../schemas/instant.ts';

/** The test case must have passed, by the latest result of each scenario, arch and variant. */
export interface PassingTestCaseRule {
  readonly kind: 'PassingTestCaseRule';
  readonly testCase: string;
  /** Absent: every scenario that results name. */
  readonly scenario?: string | undefined;
  /** The rule holds for subjects built from then on. */
  readonly validSince?: Instant | undefined;
  /** The rule holds for subjects built before. */
  readonly validUntil?: Instant | undefined;
  /** Each required arch of the subject must have reported. Absent: those that reported. */
  readonly arches?: 'required' | undefined;
  /** Seconds from when the subject was built, after which waiting is an alarm. */
  readonly alarmAfter?: number | undefined;
}

/** The policies of a file that lies elsewhere count as well. */
export interface RemoteRule {
  readonly kind: 'RemoteRule';
  /** Templates of addresses; absent: those of the subject's type. */
  readonly sources?: readonly string[] | undefined;
  /** True: the file must be there. */
  readonly required: boolean;
}

export type Rule = PassingTestCaseRule | RemoteRule;

export interface Policy {
  readonly id?: string | undefined;
  /** Shell patterns. */
  readonly productVersions: readonly string[];
  /** Empty: whatever the gate. */
  readonly decisionContexts: readonly string[];
  /** Empty: as the policy that led to it, else any. */
  readonly subjectTypes: readonly string[];
  /** Shell patterns of package names; empty: all. */
  readonly packages: readonly string[];
  readonly excludedPackages: readonly string[];
  /** For those who list policies; no decision depends on them. */
  readonly relevanceKey?: string | undefined;
  readonly relevanceValue?: string | undefined;
  readonly rules: readonly Rule[];
}

/** What must be in the data of a result about a subject: its identifier under one key, and fixed values. */
export interface ResultQuery {
  readonly itemKey?: string | undefined;
  readonly keys: Readonly<Record<string, string>>;
}

export interface SubjectType {
  readonly id: string;
  readonly aliases: readonly string[];
  /** The key that names such a subject, in a request's `subject` and in a result's data. */
  readonly itemKey?: string | undefined;
  /** Its identifier is an NVR: then it has a package name. */
  readonly isNvr: boolean;
  /** Without an applicable policy it is satisfied, where others get 404. */
  readonly ignoreMissingPolicy: boolean;
  /** How requirements name such a subject; absent: by type and item. */
  readonly itemDict?: ResultQuery | undefined;
  /** A result that fits one of them is about the subject; absent: as `itemDict`. */
  readonly resultQueries?: readonly ResultQuery[] | undefined;
}
