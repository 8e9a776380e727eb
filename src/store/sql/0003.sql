-- Manifests that flibs did not build have no content list; their parents are told by the layers they share.
alter table manifest alter column content_list drop not null;
-- OCI chain id of the whole stack of layers; null for what was recorded before.
alter table manifest add column chain_id text;
create index manifest_chain_id on manifest (chain_id);
