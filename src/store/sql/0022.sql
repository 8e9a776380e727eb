-- Withdrawn builds that images held when it was looked at; who holds them now, their contents tell.
create table withdrawal (
  distro_release text not null,
  -- the source package
  source text not null,
  version text not null,
  release text not null,
  reference text not null,
  -- the newest that named it
  nomination bigint not null references nomination,
  -- where repositories still listed it, so that it counted only on the others
  listed_arches text[] not null,
  at timestamptz not null,
  primary key (distro_release, source, version, release)
);
