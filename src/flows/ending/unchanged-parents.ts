/** Which children of what turned out unchanged have nothing to be built for. */
import { sql } from 'kysely';
import type { Flow } from '../../runtime/consumer.ts';
import type { ArchBuild } from '../move.ts';

/**
 * What waited only for parents that turned out unchanged is unchanged; what has a reason of its own is built on the
 * baseline, and so is what stands on an older build of its parent, or took files from one: it lacks what changed since.
 * Where nobody knows what it took files from - it was built before that was kept - it is built.
 * @returns names of parents, by the id of the child.
 */
export const unchangedParents = async (
  flow: Flow,
  children: readonly ArchBuild[],
): Promise<ReadonlyMap<number, ReadonlySet<string>>> => {
  if (children.length === 0) return new Map();
  const { rows } = await sql<{ child: number; images: string[] }>`
    with child as (
      select child.id, parent_arch_build, manifest.parent_digest as made_upon, (
          -- the newest that made these bytes: with other files it may have made the same
          select made.files_from from arch_build made
          where made.manifest_digest = current.manifest and made.files_from is not null
          order by made.id desc limit 1
        ) as files_from
      from arch_build child
      left join current on current.image = child.image and current.arch = child.arch
      left join manifest on manifest.digest = current.manifest
      where child.id = any(${children.map(({ id }) => id)}::bigint[])
    ), edge(child, parent) as (
      select child.id, parent.id from child join arch_build parent on parent.id = child.parent_arch_build
      where child.made_upon = parent.manifest_digest
      union
      select child.id, parent.id
      from child
      join build_only_parent on build_only_parent.arch_build = child.id
      join arch_build parent on parent.id = build_only_parent.parent
      where child.files_from ->> parent.image = parent.manifest_digest
    )
    select edge.child, array_agg(parent.image) as images
    from edge join arch_build parent on parent.id = edge.parent
    where parent.state = 'unchanged' group by edge.child`.execute(flow.tx);
  return new Map(rows.map(({ child, images }) => [child, new Set(images)]));
};
