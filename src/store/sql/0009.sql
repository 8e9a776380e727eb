-- How near a rebuild came to what no order of its work could stay below; null until it is finished.
alter table rebuild add column schedule jsonb;
