/** The runtime's tables as Kysely sees them; `sql/0001.sql` says what each is for. */
import type { ColumnType, Generated } from 'kysely';

/**
 * A jsonb column: read as `T`, written as text. The driver would write a JavaScript array as a PostgreSQL array, so
 * what is written always goes through `json` of storable.ts.
 */
export type Json<T = unknown> = ColumnType<T, string, string>;

/** What caused a job or a timer, kept so that the chain of causes goes on when it runs. */
export interface StoredCause {
  readonly messageId: string;
  readonly topic: string;
  readonly traceparent?: string;
  readonly causation: readonly string[];
}

export interface InboxTable {
  consumer: string;
  origin: string;
  message_id: string;
  body_hash: Buffer;
  received_at: Generated<Date>;
}

export interface DeliveryAttemptTable {
  consumer: string;
  origin: string;
  message_id: string;
  attempts: number;
  last_at: Date;
}

export interface OutboxTable {
  id: Generated<number>;
  message_id: string;
  exchange: string;
  routing_key: string;
  headers: Json<Record<string, unknown>>;
  body: Buffer;
  content_type: string;
  content_encoding: string;
  persistent: boolean;
  mandatory: boolean;
  on_returned_kind: string | null;
  on_returned_key: string | null;
  created_at: Generated<Date>;
  published_at: Date | null;
  attempts: Generated<number>;
  next_at: Generated<Date>;
  last_error: string | null;
}

export type JobState = 'waiting' | 'running' | 'done' | 'dead';

/** What a job is to do the next time, asked for while it ran. */
export interface JobAgain {
  readonly inputs: unknown;
  readonly cause: StoredCause;
  readonly due: string;
}

export interface JobTable {
  id: Generated<number>;
  kind: string;
  key: string;
  inputs: Json;
  cause: Json<StoredCause>;
  state: Generated<JobState>;
  due: Date;
  attempts: Generated<number>;
  run_id: string | null;
  lease_until: Date | null;
  last_error: string | null;
  again: ColumnType<JobAgain | null, string | null, string | null>;
  created_at: Generated<Date>;
  started_at: Date | null;
  ended_at: Date | null;
}

export interface TimerTable {
  kind: string;
  key: string;
  due: Date;
  payload: Json;
  cause: Json<StoredCause>;
  set_at: Generated<Date>;
}

/** A message as it came, in a row. */
interface KeptMessage {
  id: Generated<number>;
  consumer: string;
  origin: string;
  message_id: string;
  body_hash: Buffer;
  exchange: string;
  topic: string;
  content_type: string | null;
  content_encoding: string | null;
  headers: Json<Record<string, unknown>>;
  body: Buffer;
}

export type DeferredReason = 'failed' | 'newer-major';

export interface DeferredTable extends KeptMessage {
  reason: DeferredReason;
  attempts: number;
  due: Date;
  error: string;
  deferred_at: Generated<Date>;
}

export interface DeadLetterTable extends KeptMessage {
  reason: string;
  times: Generated<number>;
  at: Generated<Date>;
}

export interface IgnoredTable {
  consumer: string;
  topic: string;
  reason: string;
  count: number;
  sample: Json;
  first_at: Generated<Date>;
  last_at: Generated<Date>;
}

/** How a consumer stands in one process. */
export interface ConsumerStanding {
  readonly name: string;
  readonly state: 'starting' | 'running' | 'waiting' | 'stopped';
  /** For what, and why it is not there. */
  readonly waiting?: string;
  /** Under way. */
  readonly effects: number;
}

export interface ProcessTable {
  id: string;
  host: string;
  pid: number;
  names: string[];
  consumers: Json<readonly ConsumerStanding[]>;
  started_at: Date;
  seen_at: Date;
}

export interface RuntimeTables {
  inbox: InboxTable;
  delivery_attempt: DeliveryAttemptTable;
  outbox: OutboxTable;
  job: JobTable;
  timer: TimerTable;
  deferred: DeferredTable;
  dead_letter: DeadLetterTable;
  ignored: IgnoredTable;
  process: ProcessTable;
}
