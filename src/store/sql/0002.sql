-- The domain: definitions, content, offers, nominations, rebuilds, builds, runs, results, decisions, tags.

-- Definitions, distro releases: rows valid from one revision to another, so that a change writes what changed.
create table definitions_revision (
  id bigint generated always as identity primary key,
  fingerprint text not null,
  loaded_at timestamptz not null
);

create table image (
  name text not null,
  from_revision bigint not null references definitions_revision,
  to_revision bigint references definitions_revision,
  distro_release text not null,
  definition jsonb not null,
  primary key (name, from_revision)
);
create unique index image_current on image (name) where to_revision is null;

create table image_parent (
  image text not null,
  from_revision bigint not null,
  parent text not null,
  edge text not null check (edge in ('layer', 'build-only')),
  primary key (image, from_revision, parent, edge),
  foreign key (image, from_revision) references image (name, from_revision)
);
create index image_parent_parent on image_parent (parent);

create table distro_release (
  name text not null,
  from_revision bigint not null references definitions_revision,
  to_revision bigint references definitions_revision,
  definition jsonb not null,
  primary key (name, from_revision)
);
create unique index distro_release_current on distro_release (name) where to_revision is null;

-- What the loader could not take, told until it is mended.
create table definition_problem (
  folder text primary key,
  problems text[] not null,
  since timestamptz not null
);

-- Content, keyed by manifest: children go on pointing at the parent they were built on.
create table rpm (
  id bigint generated always as identity primary key,
  name text not null,
  epoch integer not null,
  version text not null,
  release text not null,
  arch text not null,
  source_name text not null,
  source_evr text not null,
  module text not null default '',
  unique (name, epoch, version, release, arch, module, source_name, source_evr)
);
create index rpm_source_name on rpm (source_name);

create table manifest (
  digest text primary key,
  parent_digest text,
  image text not null,
  arch text not null,
  content_id text not null,
  content_list text not null,
  recorded_at timestamptz not null
);
create index manifest_parent_digest on manifest (parent_digest);

create table manifest_rpm (
  manifest text not null references manifest,
  rpm bigint not null references rpm,
  change text not null check (change in ('added', 'removed')),
  primary key (manifest, rpm)
);
create index manifest_rpm_rpm on manifest_rpm (rpm);

create table current (
  image text not null,
  arch text not null,
  manifest text not null,
  nvr text not null,
  primary key (image, arch)
);
create index current_manifest on current (manifest);

-- What repositories offer, since when.
create table repository_state (
  distro_release text not null,
  repository text not null,
  arch text not null,
  repomd_checksum text,
  etag text,
  last_modified text,
  checked_at timestamptz,
  changed_at timestamptz,
  error text,
  primary key (distro_release, repository, arch)
);

create table offer (
  distro_release text not null,
  repository text not null,
  arch text not null,
  name text not null,
  epoch integer not null,
  version text not null,
  release text not null,
  rpm_arch text not null,
  source_name text not null,
  source_evr text not null,
  module text not null default '',
  since timestamptz not null,
  primary key (distro_release, repository, arch, name, epoch, version, release, rpm_arch, module)
);
create index offer_source on offer (distro_release, source_name);
create index offer_since on offer (distro_release, since);

-- What messages meant, and which sources are still to be looked at.
create table nomination (
  id bigint generated always as identity primary key,
  kind text not null,
  body jsonb not null,
  reference text not null,
  severity text not null,
  message_id text not null,
  topic text not null,
  causation text[] not null,
  at timestamptz not null
);

create table nomination_target (
  nomination bigint not null references nomination,
  distro_release text not null,
  -- source package, image or module, by kind of the nomination
  target text not null,
  rebuild bigint,
  closed_at timestamptz,
  primary key (nomination, distro_release, target)
);
create index nomination_target_open on nomination_target (distro_release) where closed_at is null;

-- Rebuilds: reports over planned work that has common causes.
create table rebuild (
  id bigint generated always as identity primary key,
  distro_release text not null,
  state text not null,
  seq integer not null default 0,
  revision bigint,
  severity text not null,
  reference text not null,
  opened_at timestamptz not null,
  last_nominated_at timestamptz not null,
  close_at timestamptz not null,
  waiting text,
  planned_at timestamptz,
  finished_at timestamptz
);
create unique index rebuild_collecting on rebuild (distro_release) where state = 'collecting';

create table left_alone (
  rebuild bigint not null references rebuild,
  image text not null,
  arch text,
  reason jsonb not null,
  text text not null
);
create index left_alone_rebuild on left_alone (rebuild);
create index left_alone_image on left_alone (image, rebuild);

-- Builds: one NVR of one image.
create table release_number (
  component text not null,
  version text not null,
  last integer not null,
  primary key (component, version)
);

create table build (
  id bigint generated always as identity primary key,
  nvr text not null unique,
  image text not null,
  component text not null,
  version text not null,
  release_number integer not null,
  distro_release text not null,
  revision bigint not null,
  tree_id text not null,
  definition jsonb not null,
  severity text not null,
  by_hand boolean not null,
  state text not null,
  seq integer not null default 0,
  baseline text,
  -- the build of the layer parent that this one is made upon, planned with it
  parent_build bigint references build,
  index_digest text,
  pullspec text,
  waiting text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  candidate_at timestamptz,
  ended_at timestamptz
);
create unique index build_in_flight on build (image) where state in ('planned', 'building');
create index build_image on build (image, id);
create index build_parent on build (parent_build);
create index build_index_digest on build (index_digest);

create table index_entry (
  build bigint not null references build,
  arch text not null,
  manifest_digest text not null,
  carried_from text,
  primary key (build, arch)
);
create index index_entry_manifest on index_entry (manifest_digest);

create table arch_build (
  id bigint generated always as identity primary key,
  build bigint not null references build,
  image text not null,
  arch text not null,
  state text not null,
  seq integer not null default 0,
  unmet integer not null default 0,
  parent_arch_build bigint references arch_build,
  reasons jsonb not null,
  proofs jsonb not null,
  manifest_digest text,
  content_id text,
  content_list text,
  log text,
  content_recorded_at timestamptz,
  failure_class text,
  error text,
  waiting text,
  attempts integer not null default 0,
  run uuid,
  ready_at timestamptz,
  ended_at timestamptz,
  -- what made it ready: its messages go on from there, whatever message frees a slot or tells of its end
  cause jsonb,
  unique (build, arch)
);
create unique index arch_build_waiting on arch_build (image, arch)
  where state in ('blocked', 'ready', 'held', 'parent_failed');
create unique index arch_build_running on arch_build (image, arch) where state in ('requested', 'running');
create index arch_build_ready on arch_build (ready_at) where state = 'ready';
create index arch_build_parent on arch_build (parent_arch_build);
create index arch_build_run on arch_build (run);

create table build_cause (
  build bigint not null references build,
  rebuild bigint not null references rebuild,
  primary key (build, rebuild)
);
create index build_cause_rebuild on build_cause (rebuild);

-- Workers, runs, logs.
create table worker (
  name text primary key,
  incarnation uuid not null,
  queue text not null,
  arches text[] not null,
  labels jsonb not null,
  slots integer not null,
  toolchain jsonb not null,
  announced_at timestamptz not null
);

-- Leases are not judged until heartbeats have been heard for a whole period.
create table hearing (
  one boolean primary key default true check (one),
  since timestamptz not null,
  last timestamptz not null
);

create table run (
  id uuid primary key,
  kind text not null check (kind in ('build', 'test')),
  arch_build bigint references arch_build,
  smoke_test bigint,
  arch text not null,
  worker text not null,
  state text not null,
  lease_until timestamptz not null,
  requested_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  outcome text,
  log text,
  toolchain jsonb
);
create index run_live on run (worker) where state in ('requested', 'running');
create index run_arch_build on run (arch_build);

create table run_log (
  run uuid not null,
  -- bytes before this chunk; a gap shows as a jump
  byte_offset bigint not null,
  text text not null,
  at timestamptz not null,
  primary key (run, byte_offset)
);

create table smoke_test (
  id bigint generated always as identity primary key,
  build bigint not null references build,
  arch text not null,
  manifest_digest text not null,
  test_case text not null,
  state text not null,
  seq integer not null default 0,
  run uuid,
  attempts integer not null default 0,
  queued_at timestamptz not null,
  ended_at timestamptz,
  output text,
  -- what queued it
  cause jsonb,
  unique (build, arch, test_case)
);
create index smoke_test_queued on smoke_test (queued_at) where state = 'queued';

-- Results and decisions.
create table result (
  id bigint generated always as identity primary key,
  build bigint not null references build,
  test_case text not null,
  outcome text not null,
  arch text,
  digest text not null,
  -- which run of which test said it: its later state beats its earlier one
  run_key text not null,
  origin text not null,
  message_id text not null,
  url text,
  submitted_at timestamptz,
  received_at timestamptz not null
);
create unique index result_meaning on result (build, digest, test_case, run_key, outcome, coalesce(arch, ''));
create index result_build on result (build);

create table decision (
  id bigint generated always as identity primary key,
  build bigint not null references build,
  state text not null,
  summary text not null,
  requirements jsonb not null,
  inputs jsonb not null,
  at timestamptz not null
);
create index decision_build on decision (build, id);

-- The wanted state of floating and unique tags; every PUT is followed by another look here.
create table tag (
  repository text not null,
  name text not null,
  desired text not null,
  nvr text not null,
  seq integer not null,
  verified_at timestamptz,
  primary key (repository, name)
);

-- Every transition, refused ones too.
create table transition (
  id bigint generated always as identity primary key,
  kind text not null,
  entity bigint not null,
  subject text not null,
  from_state text,
  to_state text not null,
  refused boolean not null default false,
  reason text not null,
  message_id text not null,
  at timestamptz not null
);
create index transition_entity on transition (kind, entity, id);
