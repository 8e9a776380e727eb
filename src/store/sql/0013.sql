-- Arch builds that have a build of a module (N:S:V:C) among their reasons: what images of kind module are made from.
create index arch_build_module on arch_build (image) where reasons @? '$[*] ? (@.kind == "module")';
