-- Images outside the definitions that ours are built on: what their names point to, per arch.
create table external_base (
  pullspec text primary key,
  -- of the index, or of the one manifest there is; null: never read
  digest text,
  checked_at timestamptz,
  changed_at timestamptz,
  error text
);
create table external_base_arch (
  pullspec text not null references external_base on delete cascade,
  arch text not null,
  manifest_digest text not null,
  primary key (pullspec, arch)
);
