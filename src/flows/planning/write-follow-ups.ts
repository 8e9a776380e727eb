/** What came too late for a build under way becomes rows. */
import { sql } from 'kysely';
import type { Plan } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { judgeFollowUps } from '../nominating/follow-ups.ts';
import type { BuildsUnderWay } from './under-way.ts';

/** Remembers them. What has ended already, and whose content is known, is judged at once. */
export const writeFollowUps = async (
  flow: Flow,
  rebuild: number,
  followUps: Plan['followUps'],
  underWay: BuildsUnderWay,
): Promise<void> => {
  if (followUps.length === 0) return;
  const byNvr = new Map([...underWay.values()].map((each) => [each.build.nvr, each]));
  const rows = followUps.flatMap(({ image, arch, after, judged, reasons }) => {
    const awaited = byNvr.get(after);
    if (awaited === undefined) return [];
    const archBuild = judged ? awaited.archBuilds.find((each) => each.arch === arch) : undefined;
    return [{ image, arch, build: awaited.build.id, arch_build: archBuild?.id ?? null, reasons }];
  });
  await sql`
    insert into follow_up (rebuild, image, arch, build, arch_build, reasons)
    select ${rebuild}, image, arch, build, arch_build, reasons
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as given(image text, arch text, build bigint, arch_build bigint, reasons jsonb)`.execute(flow.tx);
  const known = [...underWay.values()]
    .flatMap(({ archBuilds }) => archBuilds)
    .filter(({ id, state, content_recorded_at }) => {
      const isKnown = state === 'unchanged' || content_recorded_at !== null;
      return isKnown && rows.some((row) => row.arch_build === id);
    });
  await judgeFollowUps(
    flow,
    known.map(({ id }) => id),
  );
};
