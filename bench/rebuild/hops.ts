/** How long each hop of the flow took, from the rows that it left. */
import { z } from 'zod';
import type { Observed } from './observe.ts';

/** Name of the hop -> milliseconds, each time it was made. In the order of the flow. */
export type Hops = ReadonlyMap<string, readonly number[]>;

const times = `
  with rebuilt as (select * from build where created_at >= (select max(planned_at) from rebuild)),
  builds as (
    select run.*, arch_build.ready_at, arch_build.build, arch_build.content_recorded_at
    from run join arch_build on arch_build.id = run.arch_build join rebuilt on rebuilt.id = arch_build.build
    where run.id = arch_build.run),
  tests as (
    select run.*, smoke_test.queued_at, smoke_test.build,
      (select min(received_at) from result where result.build = smoke_test.build and result.arch = run.arch
         and result.received_at >= run.ended_at) as result_at
    from run join smoke_test on smoke_test.id = run.smoke_test join rebuilt on rebuilt.id = smoke_test.build
    where run.id = smoke_test.run),
  ends as (
    select rebuilt.id, rebuilt.nvr, rebuilt.candidate_at, rebuilt.ended_at,
      (select max(content_recorded_at) from builds where build = rebuilt.id) as recorded_at,
      (select max(result_at) from tests where build = rebuilt.id) as results_at,
      (select min(at) from decision where build = rebuilt.id and state = 'satisfied') as decided_at
    from rebuilt)`;

const hops: readonly (readonly [name: string, query: string])[] = [
  [
    'planned -> first command',
    'select min(requested_at) - (select max(planned_at) from rebuild) as took from builds',
  ],
  ['ready -> command (and waits for a slot)', 'select requested_at - ready_at as took from builds'],
  ['command -> started', 'select started_at - requested_at as took from builds'],
  ['started -> built (the work)', 'select ended_at - started_at as took from builds'],
  ['built -> content recorded', 'select content_recorded_at - ended_at as took from builds'],
  ['last recorded -> index asked for', jobAsked('assemble-index', 'recorded_at')],
  ['index asked for -> candidate', jobDone('assemble-index', 'candidate_at')],
  [
    'candidate -> test queued',
    'select queued_at - candidate_at as took from tests join ends on ends.id = build',
  ],
  ['queued -> test command (and waits for a slot)', 'select requested_at - queued_at as took from tests'],
  ['test command -> started', 'select started_at - requested_at as took from tests'],
  ['started -> tested (the work)', 'select ended_at - started_at as took from tests'],
  ['tested -> result', 'select result_at - ended_at as took from tests'],
  ['last result -> decision', 'select decided_at - results_at as took from ends'],
  ['decision -> release asked for', jobAsked('release', 'decided_at')],
  ['release asked for -> released', jobDone('release', 'ended_at')],
  [
    'any event: written -> confirmed by the broker',
    `select published_at - created_at as took from outbox
     where created_at >= (select max(planned_at) from rebuild) and published_at is not null and last_error is null`,
  ],
];

function jobAsked(kind: string, since: string): string {
  return `select job.created_at - ends.${since} as took from ends join job on job.kind = '${kind}' and job.key = nvr`;
}

function jobDone(kind: string, at: string): string {
  return `select ends.${at} - job.created_at as took from ends join job on job.kind = '${kind}' and job.key = nvr`;
}

const Took = z.object({ ms: z.number() });

export const hopsOf = async ({ query }: Observed): Promise<Hops> => {
  const found = new Map<string, readonly number[]>();
  for (const [name, text] of hops) {
    const rows = await query(
      Took,
      `${times} select (extract(epoch from took) * 1000)::float as ms from (${text}) each where took is not null`,
    );
    found.set(
      name,
      rows.map(({ ms }) => ms),
    );
  }
  return found;
};

/** Hops of several turns as of one. */
export const joinHops = (turns: readonly Hops[]): Hops => {
  const names = new Set(turns.flatMap((turn) => [...turn.keys()]));
  return new Map([...names].map((name) => [name, turns.flatMap((turn) => turn.get(name) ?? [])]));
};
