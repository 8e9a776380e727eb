-- Causes that came too late for a build under way: judged by the content it ends with, or nominated again once it has ended.
create table follow_up (
  id bigint generated always as identity primary key,
  -- the rebuild that met them
  rebuild bigint not null references rebuild,
  image text not null,
  arch text not null,
  -- what has to end, or become a candidate, before they are nominated again
  build bigint not null references build,
  -- whose content may turn out to have them
  arch_build bigint references arch_build,
  reasons jsonb not null,
  closed_at timestamptz,
  -- why it was closed
  outcome text
);
create index follow_up_build on follow_up (build) where closed_at is null;
create index follow_up_arch_build on follow_up (arch_build) where closed_at is null;
create index follow_up_rebuild on follow_up (rebuild);
