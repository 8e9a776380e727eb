-- Who may write over HTTP, and who has written.

create table token (
  id bigint generated always as identity primary key,
  -- who has it
  name text not null,
  -- SHA-256 of its text. That is 256 random bits: nobody can guess them, so no slow hash of passwords is called for.
  hash bytea not null unique,
  scopes text[] not null,
  -- globs of the test cases that it may report or waive; null: all
  test_cases text[],
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  -- to some minutes: a request must not write a row only for this
  last_used_at timestamptz,
  revoked_at timestamptz
);
-- While it may be used a name is one token.
create unique index token_name on token (name) where revoked_at is null;

-- Rows are only added, and deleted once they are old.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- null: the machine's own command line, or nobody that we know
  token bigint,
  -- name of the token, or local; null: nobody that we know
  who text,
  address text not null,
  method text not null,
  route text not null,
  -- of which image, build, dead letter, ...
  subject text,
  -- as HTTP has it
  status integer not null,
  request_id uuid not null
);
create index audit_at on audit (at);
