-- Processes that have the store, each with how its consumers stand, renewed while it lives.
create table process (
  id uuid primary key,
  host text not null,
  pid integer not null,
  names text[] not null,
  consumers jsonb not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
);
