-- What people have paused: who, why and until when. Rows stay, so that it can be told what was paused before.
create table pause (
  id bigint generated always as identity primary key,
  scope text not null check (scope in ('image', 'automatic', 'everything')),
  image text,
  paused_by text not null,
  reason text not null,
  -- null: until somebody resumes it
  until timestamptz,
  paused_at timestamptz not null,
  ended_at timestamptz,
  -- who resumed it, or paused it anew; null: its time was up
  ended_by text,
  check ((scope = 'image') = (image is not null))
);
create unique index pause_in_force on pause (scope, coalesce(image, '')) where ended_at is null;

-- Once what kept an image has ended, what it was left alone for is nominated anew.
alter table left_alone add column nominated_anew_at timestamptz;
create index left_alone_kept_back on left_alone ((reason ->> 'kind'), image)
  where nominated_anew_at is null and reason ->> 'kind' in ('paused', 'denied');
create index nomination_target_rebuild on nomination_target (rebuild, target);
