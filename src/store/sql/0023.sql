-- Manifests that are current, and what those stand on, down to the lowest: where packages that images still hold are
-- looked for, however long the history of contents has become. Kept by triggers, so that it holds whoever writes.
create table in_use (
  manifest text primary key,
  -- the layer parent's; its row stays as long as this one
  parent text references in_use
);
create index in_use_parent on in_use (parent);

create function take_into_use(taken text[]) returns void language plpgsql set search_path from current as $$
begin
  -- Nobody takes away meanwhile what is in use already.
  perform from in_use where in_use.manifest = any (taken) order by in_use.manifest for key share;
  insert into in_use (manifest, parent)
  with recursive stack(digest, parent) as (
    select given.digest, manifest.parent_digest
    from unnest(taken) as given(digest) left join manifest on manifest.digest = given.digest
    union
    select stack.parent, manifest.parent_digest
    from stack left join manifest on manifest.digest = stack.parent
    where stack.parent is not null
  )
  select digest, parent from stack
  on conflict on constraint in_use_pkey do update set parent = excluded.parent
    where in_use.parent is distinct from excluded.parent;
end $$;

-- Level by level downwards: what is not current, and what nothing stands on any more.
create function leave_unused(candidates text[]) returns void language plpgsql set search_path from current as $$
declare
  level text[] := candidates;
begin
  while cardinality(level) > 0 loop
    -- Locked first: the next statement sees what was committed by whoever held them.
    perform from in_use where in_use.manifest = any (level) order by in_use.manifest for update;
    with unused as (
      delete from in_use
      where in_use.manifest = any (level)
        and not exists (select from current where current.manifest = in_use.manifest)
        and not exists (select from in_use child where child.parent = in_use.manifest)
      returning in_use.parent
    )
    select array_agg(distinct unused.parent) into level from unused where unused.parent is not null;
  end loop;
end $$;

create function current_moves() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    perform take_into_use(array(select come.manifest from come));
  elsif tg_op = 'DELETE' then
    perform leave_unused(array(select went.manifest from went));
  else
    perform take_into_use(array(select come.manifest from come except select went.manifest from went));
    perform leave_unused(array(select went.manifest from went except select come.manifest from come));
  end if;
  return null;
end $$;
create trigger current_comes after insert on current
  referencing new table as come for each statement execute function current_moves();
create trigger current_moves after update on current
  referencing old table as went new table as come for each statement execute function current_moves();
create trigger current_goes after delete on current
  referencing old table as went for each statement execute function current_moves();

-- An image that was adopted turns out to stand on another.
create function manifest_stands_anew() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (select from in_use where in_use.manifest = new.digest) then
    perform take_into_use(array[new.digest]);
    perform leave_unused(array[old.parent_digest]);
  end if;
  return null;
end $$;
create trigger manifest_stands_anew after update of parent_digest on manifest
  for each row when (old.parent_digest is distinct from new.parent_digest) execute function manifest_stands_anew();

select take_into_use(array(select manifest from current));

-- When it was first said so of a package: that it is in the advisory, or that this has its present type and severity.
alter table advisory_rpm add column said_at timestamptz;
create index advisory_rpm_said_at on advisory_rpm (distro_release, said_at) where said_at is not null;
