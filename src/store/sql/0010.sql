-- Images that flibs did not build, taken in from a registry because a person asked.
create table adoption (
  id bigint generated always as identity primary key,
  -- as the person gave it
  pullspec text not null,
  distro_release text,
  state text not null check (state in ('waiting', 'adopted', 'failed')),
  nvr text,
  -- why it failed, or what became of it
  told text,
  asked_at timestamptz not null,
  ended_at timestamptz
);
create index adoption_waiting on adoption (id) where state = 'waiting';

-- Chain ids of every stack of layers in an adopted manifest: what turns out to be its parent later is found by them.
alter table manifest add column stack_ids text[];
create index manifest_stack_ids on manifest using gin (stack_ids);
