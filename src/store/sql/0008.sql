-- What repositories list besides packages: modules and advisories; and where a listing is put together.

-- One build of a module (N:S:V:C), as a repository lists it for an arch. Its packages are offers with that label.
create table module_build (
  distro_release text not null,
  repository text not null,
  arch text not null,
  -- name:stream:version:context
  label text not null,
  -- name:stream
  module text not null,
  -- profile -> names of packages
  profiles jsonb not null,
  since timestamptz not null,
  primary key (distro_release, repository, arch, label)
);
create index module_build_module on module_build (distro_release, module);
create index module_build_since on module_build (distro_release, since);

create table module_default (
  distro_release text not null,
  repository text not null,
  arch text not null,
  module text not null,
  -- enabled where nobody chose
  stream text,
  -- stream -> profiles that are installed where none is named
  profiles jsonb not null,
  primary key (distro_release, repository, arch, module)
);

-- What updateinfo says of each advisory, in each repository that lists it.
create table advisory (
  distro_release text not null,
  repository text not null,
  arch text not null,
  id text not null,
  type text not null,
  severity text not null,
  issued_at timestamptz,
  primary key (distro_release, repository, arch, id)
);

create table advisory_rpm (
  distro_release text not null,
  repository text not null,
  arch text not null,
  name text not null,
  epoch integer not null,
  version text not null,
  release text not null,
  rpm_arch text not null,
  advisory text not null,
  primary key (distro_release, repository, arch, name, epoch, version, release, rpm_arch, advisory)
);

-- A listing while it is read: nothing counts until a look is written down, and what a look left behind, the next of the
-- same place removes. `place` is distro release, repository and arch; `look` tells two at once apart.
create unlogged table staged_rpm (
  place text not null,
  look uuid not null,
  name text not null,
  epoch integer not null,
  version text not null,
  release text not null,
  rpm_arch text not null,
  source_name text not null,
  source_evr text not null
);
create index staged_rpm_place on staged_rpm (place);

create unlogged table staged_module_rpm (
  place text not null,
  look uuid not null,
  module text not null,
  name text not null,
  epoch integer not null,
  version text not null,
  release text not null,
  rpm_arch text not null
);
create index staged_module_rpm_place on staged_module_rpm (place);

create unlogged table staged_advisory (
  place text not null,
  look uuid not null,
  id text not null,
  type text not null,
  severity text not null,
  issued_at timestamptz
);
create index staged_advisory_place on staged_advisory (place);

create unlogged table staged_advisory_rpm (
  place text not null,
  look uuid not null,
  advisory text not null,
  name text not null,
  epoch integer not null,
  version text not null,
  release text not null,
  rpm_arch text not null
);
create index staged_advisory_rpm_place on staged_advisory_rpm (place);

-- Images that are a module: found by the module that they name.
create index image_module on image ((definition #>> '{recipe,module}'))
  where to_revision is null and definition #>> '{recipe,module}' is not null;
