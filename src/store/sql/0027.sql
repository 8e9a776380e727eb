-- Manifests that the last run of an arch build took files from, by image: over build-only edges nothing else tells.
alter table arch_build add column files_from jsonb;
