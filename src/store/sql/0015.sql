-- Hash of what went into an arch build, where that is known before it is built: the same again is not built again.
alter table arch_build add column recipe text;
create index arch_build_manifest on arch_build (manifest_digest);
