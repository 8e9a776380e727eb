-- What led to what, so that an image that is rebuilt by its own effects is found out.
alter table nomination add column caused_by bigint references build; -- whose end or rejection nominates
alter table build add column released_message text; -- the id of what said its release
alter table arch_build add column loops_with text; -- the NVR of the build whose effects brought it about once more
create index build_released_message on build (released_message) where released_message is not null;
create index arch_build_content on arch_build (content_id) where content_id is not null;
create index arch_build_loop on arch_build (build) where loops_with is not null;
