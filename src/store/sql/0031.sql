-- Policies of the gate and what they say of kinds of subjects, all of them together: valid from one revision of the
-- definitions to another.
create table policy_set (
  from_revision bigint primary key references definitions_revision,
  to_revision bigint references definitions_revision,
  definition jsonb not null
);
create unique index policy_set_current on policy_set ((true)) where to_revision is null;
