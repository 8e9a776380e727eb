/** Makes the script of what was recorded: the runs and jobs of the rebuild, and which must come before which. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Observed } from './observe.ts';
import { type Lane, type Script, Step } from './steps.ts';

const Run = z.object({
  lane: z.string(),
  nvr: z.string(),
  kind: z.enum(['build', 'test']),
  arch: z.string(),
  /** Lanes of the runs that made its parent, in the same rebuild. */
  parents: z.array(z.string()),
});
type Run = z.infer<typeof Run>;

const runs = `
  select 'run ' || run.id as lane, run.kind, run.arch, build.nvr,
         array(select 'run ' || above.id from run above where above.arch_build = arch_build.parent_arch_build) as parents
  from run
  left join arch_build on arch_build.id = run.arch_build
  left join smoke_test on smoke_test.id = run.smoke_test
  join build on build.id = coalesce(arch_build.build, smoke_test.build)
  where build.created_at >= (select max(planned_at) from rebuild)`;

/** Reads the record in `directory`. Slots as the worker has them. */
export const makeScript = async (observed: Observed, directory: string): Promise<Script> => {
  const rebuilt = await observed.query(Run, runs);
  const [worker] = await observed.query(
    z.object({ slots: z.number() }),
    'select slots from worker order by announced_at desc limit 1',
  );
  const text = await readFile(join(directory, 'steps.ndjson'), 'utf8');
  const steps = text
    .trimEnd()
    .split('\n')
    .map((line) => Step.parse(JSON.parse(line)))
    .sort((a, b) => a.started - b.started);
  const lanes = new Map<string, Lane>();
  for (const step of steps) {
    const known = lanes.get(step.lane);
    if (known !== undefined) known.steps.push(step);
    else {
      const after = before(step.lane, rebuilt);
      if (after === undefined) continue;
      lanes.set(step.lane, {
        name: step.lane,
        after,
        takesSlot: step.lane.startsWith('run '),
        steps: [step],
      });
    }
  }
  refuseGaps(lanes, rebuilt);
  // As they began, so that each comes after those it waits for.
  return { slots: worker?.slots ?? 1, directory, lanes: [...lanes.values()] };
};

/** What has to be there before it can begin; undefined: no part of the rebuild. */
const before = (lane: string, rebuilt: readonly Run[]): string[] | undefined => {
  const run = rebuilt.find((each) => each.lane === lane);
  if (run?.kind === 'build') return run.parents;
  if (run !== undefined) return [`job assemble-index ${run.nvr}`];
  const [, kind, key = ''] = /^job (\S+) (.*)$/.exec(lane) ?? [];
  const of = (wanted: Run['kind'], nvr: string) =>
    rebuilt.filter((each) => each.kind === wanted && each.nvr === nvr).map((each) => each.lane);
  if (!rebuilt.some(({ nvr }) => key === nvr || key.startsWith(`${nvr}.`))) return undefined;
  if (kind === 'assemble-index') return of('build', key);
  if (kind === 'release') return of('test', key);
  if (kind !== 'record-content') return undefined;
  return rebuilt
    .filter((each) => each.kind === 'build' && key === `${each.nvr}.${each.arch}`)
    .map((each) => each.lane);
};

/** A script without some of the work would be faster than flibs for no good reason. */
const refuseGaps = (lanes: ReadonlyMap<string, Lane>, rebuilt: readonly Run[]): void => {
  const gap = rebuilt.find(({ lane }) => !lanes.get(lane)?.steps.some(({ kind }) => kind === 'program'));
  if (gap !== undefined)
    throw new Error(`nothing was recorded of ${gap.lane}, ${gap.kind} of ${gap.nvr} on ${gap.arch}`);
  const missing = [...lanes.values()].flatMap(({ after }) => after).find((name) => !lanes.has(name));
  if (missing !== undefined) throw new Error(`nothing was recorded of ${missing}`);
};
