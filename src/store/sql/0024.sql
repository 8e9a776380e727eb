-- What became of a target when it was closed. Nobody has looked at what a person dropped with a rebuild that was not planned yet.
alter table nomination_target add column seen text not null default 'planned'
  check (seen in ('planned', 'observed', 'dropped'));
-- found again by a flibs that builds: few, and none where nobody ever observed
create index nomination_target_observed on nomination_target (nomination) where seen = 'observed';

-- planned by a flibs that only observed
alter table build add column observed boolean not null default false;

-- What was adopted counts as given out.
insert into release_number (component, version, last)
select component, version, max(release_number) from build where release_number > 0 group by component, version
on conflict (component, version) do update set last = greatest(release_number.last, excluded.last);
