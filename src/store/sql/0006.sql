-- The sweep that repairs drifted tags: when it last looked, and what it could not put right.
alter table tag add column swept_at timestamptz;
alter table tag add column problem text;
alter table tag add column problem_since timestamptz;

-- Those whose release is under way have no verified_at, and are the release's own affair.
create index tag_unseen on tag (greatest(swept_at, verified_at)) where verified_at is not null;
