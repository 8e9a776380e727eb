/** What a line of the log about a transition names besides its subject. */
import { type RawBuilder, sql } from 'kysely';
import type { LivingKind } from '../lifecycle/states.ts';

interface Moved {
  readonly kind: LivingKind;
  readonly id: number;
  readonly subject: string;
}

/** NVR, arch and rebuilds of what moves, for the log: read with the same statement. */
export const aboutEntity = ({ kind, id, subject }: Moved): RawBuilder<Record<string, unknown> | null> => {
  if (kind === 'rebuild') return sql`null::jsonb`;
  const work = {
    build: sql`select ${id}::bigint as build, null::text as arch`,
    archBuild: sql`select build, arch from arch_build where id = ${id}`,
    run: sql`select coalesce(a.build, s.build) as build, run.arch from run
      left join arch_build a on a.id = run.arch_build left join smoke_test s on s.id = run.smoke_test
      where run.id = ${subject}::uuid`,
  }[kind];
  return sql`(
    select jsonb_strip_nulls(jsonb_build_object('nvr', build.nvr, 'arch', work.arch, 'rebuilds',
      (select jsonb_agg(rebuild order by rebuild) from build_cause where build_cause.build = build.id)))
    from (${work}) as work join build on build.id = work.build)`;
};
