-- Arch builds that another one takes files from, and waits for: over build-only edges, on the same arch.
create table build_only_parent (
  arch_build bigint not null references arch_build,
  parent bigint not null references arch_build,
  primary key (arch_build, parent)
);
create index build_only_parent_parent on build_only_parent (parent);
