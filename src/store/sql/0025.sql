-- What flibs did not build, external bases among it: few, and looked for with every plan.
create index manifest_not_built on manifest (digest) where content_list is null;
