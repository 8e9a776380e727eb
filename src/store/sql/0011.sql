-- Best-effort arches whose newest build failed while the image went on: told to the owners, and again when that expires.
create table stale_arch (
  image text not null,
  arch text not null,
  -- the candidate that went on without it
  nvr text not null,
  stale jsonb not null,
  since timestamptz not null,
  told integer not null,
  expires_at timestamptz not null,
  primary key (image, arch)
);
