-- Arch builds that wait for a package which other arches of their image have on offer already.
alter table arch_build
  -- set while it waits; one of what `unmet` counts
  add column held_since timestamptz,
  add column hold_alarmed_at timestamptz,
  -- given up at the deadline of its hold: its index goes on without it
  add column dropped boolean not null default false;
create index arch_build_held on arch_build (build) where held_since is not null and ended_at is null;
