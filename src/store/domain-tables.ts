/** The domain's tables as Kysely sees them; sql/0002.sql says what they mean. */
import type { ColumnType, Generated } from 'kysely';
import type { Proof } from '../../schemas/commands/run.ts';
import type { Requirement } from '../../schemas/events/releasing.ts';
import type { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Nomination, Severity } from '../../schemas/nomination.ts';
import type { ArchBuildState, BuildState, RebuildState, RunState } from '../lifecycle/states.ts';

/** jsonb: read as a value, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;

export interface DefinitionsRevisionTable {
  id: Generated<number>;
  fingerprint: string;
  loaded_at: Date;
}

export interface ImageTable {
  name: string;
  from_revision: number;
  to_revision: number | null;
  distro_release: string;
  definition: Json<ImageDefinition>;
}

export interface ImageParentTable {
  image: string;
  from_revision: number;
  parent: string;
  edge: 'layer' | 'build-only';
}

export interface DistroReleaseTable {
  name: string;
  from_revision: number;
  to_revision: number | null;
  definition: Json<LoadedDistroRelease>;
}

export interface DefinitionProblemTable {
  folder: string;
  problems: string[];
  since: Date;
}

export interface RpmTable {
  id: Generated<number>;
  name: string;
  epoch: number;
  version: string;
  release: string;
  arch: string;
  source_name: string;
  source_evr: string;
  module: string;
}

export interface ManifestTable {
  digest: string;
  parent_digest: string | null;
  image: string;
  arch: Arch;
  content_id: string;
  content_list: string;
  recorded_at: Date;
}

export interface ManifestRpmTable {
  manifest: string;
  rpm: number;
  change: 'added' | 'removed';
}

export interface CurrentTable {
  image: string;
  arch: Arch;
  manifest: string;
  nvr: string;
}

export interface RepositoryStateTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  repomd_checksum: string | null;
  etag: string | null;
  last_modified: string | null;
  checked_at: Date | null;
  changed_at: Date | null;
  error: string | null;
}

export interface OfferTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  name: string;
  epoch: number;
  version: string;
  release: string;
  rpm_arch: string;
  source_name: string;
  source_evr: string;
  module: string;
  since: Date;
}

export interface NominationTable {
  id: Generated<number>;
  kind: Nomination['kind'];
  body: Json<Nomination>;
  reference: string;
  severity: Severity;
  message_id: string;
  topic: string;
  causation: string[];
  at: Date;
}

export interface NominationTargetTable {
  nomination: number;
  distro_release: string;
  target: string;
  rebuild: number | null;
  closed_at: Date | null;
}

export interface RebuildTable {
  id: Generated<number>;
  distro_release: string;
  state: RebuildState;
  seq: Generated<number>;
  revision: number | null;
  severity: Severity;
  reference: string;
  opened_at: Date;
  last_nominated_at: Date;
  close_at: Date;
  waiting: string | null;
  planned_at: Date | null;
  finished_at: Date | null;
}

export interface LeftAloneTable {
  rebuild: number;
  image: string;
  arch: Arch | null;
  reason: Json<unknown>;
  text: string;
}

export interface ReleaseNumberTable {
  component: string;
  version: string;
  last: number;
}

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
  waiting: string | null;
  created_at: Date;
  updated_at: Date;
  candidate_at: Date | null;
  ended_at: Date | null;
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
  proofs: Json<Proof[]>;
  manifest_digest: string | null;
  content_id: string | null;
  content_list: string | null;
  log: string | null;
  content_recorded_at: Date | null;
  failure_class: string | null;
  error: string | null;
  waiting: string | null;
  attempts: Generated<number>;
  run: string | null;
  ready_at: Date | null;
  ended_at: Date | null;
}

export interface BuildCauseTable {
  build: number;
  rebuild: number;
}

export interface WorkerTable {
  name: string;
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
}

export interface ResultTable {
  id: Generated<number>;
  build: number;
  test_case: string;
  outcome: string;
  arch: Arch | null;
  digest: string;
  run_key: string;
  origin: string;
  message_id: string;
  url: string | null;
  submitted_at: Date | null;
  received_at: Date;
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

export interface DomainTables {
  definitions_revision: DefinitionsRevisionTable;
  image: ImageTable;
  image_parent: ImageParentTable;
  distro_release: DistroReleaseTable;
  definition_problem: DefinitionProblemTable;
  rpm: RpmTable;
  manifest: ManifestTable;
  manifest_rpm: ManifestRpmTable;
  current: CurrentTable;
  repository_state: RepositoryStateTable;
  offer: OfferTable;
  nomination: NominationTable;
  nomination_target: NominationTargetTable;
  rebuild: RebuildTable;
  left_alone: LeftAloneTable;
  release_number: ReleaseNumberTable;
  build: BuildTable;
  index_entry: IndexEntryTable;
  arch_build: ArchBuildTable;
  build_cause: BuildCauseTable;
  worker: WorkerTable;
  hearing: HearingTable;
  run: RunTable;
  run_log: RunLogTable;
  smoke_test: SmokeTestTable;
  result: ResultTable;
  decision: DecisionTable;
  tag: TagTable;
  transition: TransitionTable;
}
