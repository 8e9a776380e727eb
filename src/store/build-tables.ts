/** Builds, arch builds, workers and runs, as Kysely sees them; sql/0002.sql says what they mean. */
import type { ColumnType, Generated } from 'kysely';
import type { Proof } from '../../schemas/commands/run.ts';
import type { StaleArch } from '../../schemas/events/building.ts';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { ArchBuildState, BuildState, RunState } from '../lifecycle/states.ts';
import type { CauseKind } from '../planning/rule-matching.ts';
import type { Json } from './json-column.ts';
import type { StoredCause } from './runtime-tables.ts';

export interface BuildTable {
  id: Generated<number>;
  nvr: string;
  image: string;
  component: string;
  version: string;
  release_number: number;
  distro_release: string;
  revision: number;
  tree_id: string;
  definition: Json<ImageDefinition>;
  severity: Severity;
  by_hand: boolean;
  state: BuildState;
  seq: Generated<number>;
  baseline: string | null;
  parent_build: number | null;
  index_digest: string | null;
  pullspec: string | null;
  /** The id of what said its release. */
  released_message: string | null;
  waiting: string | null;
  created_at: Date;
  updated_at: Date;
  candidate_at: Date | null;
  ended_at: Date | null;
  /** Planned by a flibs that only observed. */
  observed: Generated<boolean>;
}

export interface IndexEntryTable {
  build: number;
  arch: Arch;
  manifest_digest: string;
  carried_from: string | null;
}

export interface ArchBuildTable {
  id: Generated<number>;
  build: number;
  image: string;
  arch: Arch;
  state: ArchBuildState;
  seq: Generated<number>;
  unmet: number;
  parent_arch_build: number | null;
  reasons: Json<unknown>;
  proofs: Json<readonly Proof[]>;
  manifest_digest: string | null;
  content_id: string | null;
  content_list: string | null;
  /** Hash of what went into it, where that was known before. */
  recipe: string | null;
  /** Manifests that its last run takes files from over build-only edges, by image. */
  files_from: Json<Readonly<Record<string, string>>> | null;
  log: string | null;
  content_recorded_at: Date | null;
  failure_class: string | null;
  error: string | null;
  waiting: string | null;
  attempts: Generated<number>;
  run: string | null;
  ready_at: Date | null;
  ended_at: Date | null;
  /** What made it ready. */
  cause: ColumnType<StoredCause | null, string | null | undefined, string | null>;
  estimated_seconds: Generated<number>;
  path_seconds: Generated<number>;
  planned_at: Generated<Date>;
  severity: Generated<Severity>;
  by_hand: Generated<boolean>;
  /** What it and what waits for it is rebuilt for. */
  causes: ColumnType<readonly CauseKind[], string | undefined, string>;
  delayed_by: string | null;
  delayed_until: Date | null;
  /** While it waits for an offer. */
  held_since: Date | null;
  hold_alarmed_at: Date | null;
  /** Given up at the deadline of its hold. */
  dropped: Generated<boolean>;
  /** The build whose effects brought it about once more. */
  loops_with: string | null;
}

/** Over build-only edges. */
export interface BuildOnlyParentTable {
  arch_build: number;
  parent: number;
}

export interface BuildDurationTable {
  image: string;
  arch: Arch;
  seconds: number;
  runs: number;
  updated_at: Date;
}

export type PoolDurationTable = Omit<BuildDurationTable, 'image'>;

/** Best-effort arches that are behind. */
export interface StaleArchTable {
  image: string;
  arch: Arch;
  nvr: string;
  stale: Json<StaleArch>;
  since: Date;
  told: number;
  expires_at: Date;
}

export interface BuildCauseTable {
  build: number;
  rebuild: number;
}

export interface WorkerTable {
  name: string;
  incarnation: string;
  queue: string;
  arches: Arch[];
  labels: Json<Record<string, string>>;
  slots: number;
  toolchain: Json<Record<string, string>>;
  announced_at: Date;
}

export interface HearingTable {
  one: Generated<boolean>;
  since: Date;
  last: Date;
}

export interface RunTable {
  id: string;
  kind: 'build' | 'test';
  arch_build: number | null;
  smoke_test: number | null;
  arch: Arch;
  worker: string;
  state: RunState;
  lease_until: Date;
  requested_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  outcome: string | null;
  log: string | null;
  toolchain: Json<Record<string, string>> | null;
}

export interface RunLogTable {
  run: string;
  byte_offset: number;
  text: string;
  at: Date;
}
