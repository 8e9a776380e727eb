-- Test results that people forgive, as WaiverDB has them. Rows are only added: of those with the same key the newest counts.
create table waiver (
  id bigint generated always as identity primary key,
  subject_type text not null,
  -- an NVR, a digest, the alias of an update
  subject_identifier text not null,
  test_case text not null,
  product_version text not null,
  -- false: takes back what has the same key
  waived boolean not null,
  comment text not null,
  username text not null,
  -- who sent it in the name of username
  proxied_by text,
  -- null: all of them
  scenario text,
  arch text,
  expires_at timestamptz,
  -- the only one that is forgiven; null: any
  result bigint,
  at timestamptz not null
);
create index waiver_subject on waiver (subject_identifier, id);
create index waiver_test_case on waiver (test_case, id);
