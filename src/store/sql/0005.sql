-- In what order: what arch builds last, how long the chains below them are, and who waits for them.

-- Moving averages of what runs took, in seconds of the store's clock.
create table build_duration (
  image text not null,
  arch text not null,
  seconds double precision not null,
  runs integer not null,
  updated_at timestamptz not null,
  primary key (image, arch)
);

-- The same over all images of an arch: what is taken where nothing is known of one.
create table pool_duration (
  arch text primary key,
  seconds double precision not null,
  runs integer not null,
  updated_at timestamptz not null
);

alter table arch_build
  -- seconds, as it was thought when it was planned
  add column estimated_seconds double precision not null default 60,
  -- seconds from its start to the end of the longest chain that waits for it, itself included
  add column path_seconds double precision not null default 60,
  -- from here on it ages: all of a plan together, so that a chain is not overtaken by its own leaves
  add column planned_at timestamptz not null default now(),
  -- the worst of its own and of what waits for it
  add column severity text not null default 'none',
  -- a person asked for it, or for something that waits for it
  add column by_hand boolean not null default false,
  -- ready, and still not to be given out: what keeps it, and until when (null: until somebody ends that)
  add column delayed_by text,
  add column delayed_until timestamptz;

-- One decision reads the heads of these, however many are ready.
drop index arch_build_ready;
create index arch_build_ready on arch_build (arch, severity, path_seconds desc, planned_at)
  where state = 'ready' and delayed_by is null;
create index arch_build_oldest on arch_build (arch, planned_at) where state = 'ready' and delayed_by is null;
create index arch_build_by_hand on arch_build (arch, path_seconds desc, planned_at)
  where state = 'ready' and delayed_by is null and by_hand;
create index arch_build_delayed on arch_build (delayed_by, delayed_until) where delayed_by is not null;
create index arch_build_unexplained on arch_build (arch) where state = 'ready' and waiting is null;

alter table smoke_test
  add column severity text not null default 'none',
  add column by_hand boolean not null default false;
drop index smoke_test_queued;
create index smoke_test_queued on smoke_test (arch, severity, queued_at) where state = 'queued';
create index smoke_test_oldest on smoke_test (arch, queued_at) where state = 'queued';
