/** The domain's tables by name. */

import type {
  ArchBuildTable,
  BuildCauseTable,
  BuildDurationTable,
  BuildOnlyParentTable,
  BuildTable,
  HearingTable,
  IndexEntryTable,
  PoolDurationTable,
  RunLogTable,
  RunTable,
  StaleArchTable,
  WorkerTable,
} from './build-tables.ts';
import type {
  AdoptionTable,
  AdvisoryRpmTable,
  AdvisoryTable,
  CurrentTable,
  ManifestRpmTable,
  ManifestTable,
  ModuleBuildTable,
  ModuleDefaultTable,
  OfferTable,
  RepositoryStateTable,
  RpmTable,
} from './content-tables.ts';
import type {
  DefinitionProblemTable,
  DefinitionsRevisionTable,
  DistroReleaseTable,
  ExternalBaseArchTable,
  ExternalBaseTable,
  ImageBaseTable,
  ImageParentTable,
  ImageTable,
  PolicySetTable,
  RuleStartTable,
  RuleTable,
} from './definition-tables.ts';
import type {
  FollowUpTable,
  LeftAloneTable,
  NominationTable,
  NominationTargetTable,
  PauseTable,
  RebuildTable,
  ReleaseNumberTable,
  WithdrawalTable,
} from './planning-tables.ts';
import type {
  DecisionTable,
  ResultTable,
  SmokeTestTable,
  TagTable,
  TestCaseTable,
  TransitionTable,
  WaiverTable,
} from './release-tables.ts';

export interface DomainTables {
  definitions_revision: DefinitionsRevisionTable;
  image: ImageTable;
  image_parent: ImageParentTable;
  image_base: ImageBaseTable;
  distro_release: DistroReleaseTable;
  policy_set: PolicySetTable;
  rule: RuleTable;
  rule_start: RuleStartTable;
  definition_problem: DefinitionProblemTable;
  external_base: ExternalBaseTable;
  external_base_arch: ExternalBaseArchTable;
  rpm: RpmTable;
  manifest: ManifestTable;
  manifest_rpm: ManifestRpmTable;
  adoption: AdoptionTable;
  current: CurrentTable;
  repository_state: RepositoryStateTable;
  offer: OfferTable;
  module_build: ModuleBuildTable;
  module_default: ModuleDefaultTable;
  advisory: AdvisoryTable;
  advisory_rpm: AdvisoryRpmTable;
  nomination: NominationTable;
  nomination_target: NominationTargetTable;
  rebuild: RebuildTable;
  left_alone: LeftAloneTable;
  follow_up: FollowUpTable;
  pause: PauseTable;
  withdrawal: WithdrawalTable;
  release_number: ReleaseNumberTable;
  build: BuildTable;
  index_entry: IndexEntryTable;
  arch_build: ArchBuildTable;
  build_only_parent: BuildOnlyParentTable;
  build_cause: BuildCauseTable;
  build_duration: BuildDurationTable;
  pool_duration: PoolDurationTable;
  stale_arch: StaleArchTable;
  worker: WorkerTable;
  hearing: HearingTable;
  run: RunTable;
  run_log: RunLogTable;
  smoke_test: SmokeTestTable;
  test_case: TestCaseTable;
  result: ResultTable;
  waiver: WaiverTable;
  decision: DecisionTable;
  tag: TagTable;
  transition: TransitionTable;
}
