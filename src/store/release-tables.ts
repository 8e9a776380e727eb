/** Tests, results, waivers, decisions, tags; every transition, as Kysely sees them; sql/0002.sql says what they mean. */
import type { ColumnType, Generated } from 'kysely';
import type { Requirement } from '../../schemas/events/releasing.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { Json } from './json-column.ts';
import type { StoredCause } from './runtime-tables.ts';

export type SmokeTestState = 'queued' | 'requested' | 'running' | 'passed' | 'failed' | 'error' | 'cancelled';

export interface SmokeTestTable {
  id: Generated<number>;
  build: number;
  arch: Arch;
  manifest_digest: string;
  test_case: string;
  state: SmokeTestState;
  seq: Generated<number>;
  run: string | null;
  attempts: Generated<number>;
  queued_at: Date;
  ended_at: Date | null;
  output: string | null;
  /** What queued it. */
  cause: ColumnType<StoredCause | null, string | null | undefined, string | null>;
  severity: Generated<Severity>;
  by_hand: Generated<boolean>;
}

export interface ResultTable {
  id: Generated<number>;
  /** With it there is a digest. */
  build: number | null;
  test_case: string;
  outcome: string;
  arch: Arch | null;
  digest: string | null;
  run_key: string;
  origin: string;
  message_id: string;
  url: string | null;
  /** As text to the microsecond. */
  submitted_at: ColumnType<Date | null, Date | string | null | undefined, never>;
  received_at: Date;
  /** The report that it is another part of. */
  part_of: number | null;
  scenario: string | null;
  variant: string | null;
  note: string | null;
  groups: Generated<string[]>;
  data: ColumnType<Record<string, string[]>, string | undefined, never>;
  reporter: string | null;
  report_key: Generated<string>;
}

export interface TestCaseTable {
  name: string;
  ref_url: string | null;
}

export interface WaiverTable {
  id: Generated<number>;
  subject_type: string;
  subject_identifier: string;
  test_case: string;
  product_version: string;
  waived: boolean;
  comment: string;
  username: string;
  proxied_by: string | null;
  scenario: string | null;
  arch: string | null;
  expires_at: Date | null;
  result: number | null;
  at: Date;
}

export interface DecisionTable {
  id: Generated<number>;
  build: number;
  state: 'satisfied' | 'waiting' | 'unsatisfied';
  summary: string;
  requirements: Json<Requirement[]>;
  inputs: Json<unknown>;
  at: Date;
}

export interface TagTable {
  repository: string;
  name: string;
  desired: string;
  nvr: string;
  seq: number;
  verified_at: Date | null;
  /** When the sweep last looked. */
  swept_at: Date | null;
  /** What the sweep could not put right. */
  problem: string | null;
  problem_since: Date | null;
}

export interface TransitionTable {
  id: Generated<number>;
  kind: string;
  entity: number;
  subject: string;
  from_state: string | null;
  to_state: string;
  refused: Generated<boolean>;
  reason: string;
  message_id: string;
  at: Date;
}
