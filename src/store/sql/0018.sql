-- Which images name which external bases, as image_parent has it for images of ours: looked up, never read out of every definition.
create table image_base (
  image text not null,
  from_revision bigint not null,
  pullspec text not null,
  edge text not null check (edge in ('layer', 'build-only')),
  primary key (image, from_revision, pullspec, edge),
  foreign key (image, from_revision) references image (name, from_revision)
);
create index image_base_pullspec on image_base (pullspec);

insert into image_base (image, from_revision, pullspec, edge)
select distinct image.name, image.from_revision, parent ->> 'pullspec', parent ->> 'edge'
from image cross join lateral jsonb_array_elements(coalesce(image.definition -> 'parents', '[]')) as parent
where parent ->> 'kind' = 'external';
