-- The newest builds of a rebuild end last: whether one is still open is seen at once, from that end.
drop index build_cause_rebuild;
create index build_cause_rebuild on build_cause (rebuild, build);
