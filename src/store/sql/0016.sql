-- Rules of what is rebuilt and when: valid from one revision of the definitions to another.
create table rule (
  name text not null,
  from_revision bigint not null references definitions_revision,
  to_revision bigint references definitions_revision,
  -- in the order in which they were written
  place integer not null,
  definition jsonb not null,
  primary key (name, from_revision)
);
create unique index rule_current on rule (name) where to_revision is null;

-- What a rule of so many an hour has let go, kept for that hour.
create table rule_start (
  rule text not null,
  arch_build bigint not null,
  at timestamptz not null
);
create index rule_start_rule on rule_start (rule, at);

-- What it and what waits for it is rebuilt for: [{type, severity}]. Rules that say when go by it.
alter table arch_build add column causes jsonb not null default '[]';
