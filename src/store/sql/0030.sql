-- Results as ResultsDB has them: of any subject, with all that was reported beside.

-- Test cases that results were reported for.
create table test_case (
  name text primary key,
  -- where a person can read about it
  ref_url text
);

-- For a subject that is no image of ours there is no build and no digest.
alter table result alter column build drop not null;
alter table result alter column digest drop not null;
alter table result
  -- One report may be for several arches, or for a manifest in several builds: the first row is the report, and is what
  -- ResultsDB's questions find; the others are part of it.
  add column part_of bigint references result,
  add column scenario text,
  add column variant text,
  add column note text,
  add column groups text[] not null default '{}',
  -- each value an array of text
  add column data jsonb not null default '{}',
  -- name of a token, or what is known of who said it on a bus
  add column reporter text,
  -- Of reporters that number their reports: the same meaning under another number is another result.
  add column report_key text not null default '',
  add constraint result_digest check (build is null or digest is not null);

drop index result_meaning;
create unique index result_meaning on result
  (build, digest, test_case, run_key, outcome, coalesce(arch, ''), coalesce(scenario, ''), coalesce(variant, ''), report_key)
  where build is not null;

insert into test_case (name) select distinct test_case from result;
update result set data = jsonb_strip_nulls(jsonb_build_object(
  'item', jsonb_build_array(build.nvr),
  'type', jsonb_build_array('container-image'),
  'nvr', jsonb_build_array(build.nvr),
  'digest', jsonb_build_array(result.digest),
  'system_architecture', case when result.arch is not null then jsonb_build_array(result.arch) end))
from build where build.id = result.build;

-- What ResultsDB's questions go by. Of reports alone.
create index result_time on result (coalesce(submitted_at, received_at), id) where part_of is null;
create index result_test_case on result (test_case, coalesce(submitted_at, received_at), id) where part_of is null;
create index result_outcome on result (outcome, coalesce(submitted_at, received_at), id) where part_of is null;
create index result_data on result using gin (data jsonb_path_ops) where part_of is null;
create index result_groups on result using gin (groups) where part_of is null;
