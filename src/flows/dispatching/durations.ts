/** What arch builds took before, per image and arch and over each pool: what the next ones are expected to take. */
import { sql } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { TYPICAL_SECONDS, withRun } from '../../scheduling/moving-average.ts';
import type { Run } from './end-run.ts';

/**
 * Counts a run that made something, by the store's clock. One whose content was the baseline's tells nothing of the
 * next. The dispatcher's lock makes the average's writers one.
 */
export const recordDuration = async (flow: Flow, run: Run, image: string): Promise<void> => {
  const seconds = (flow.now.getTime() - (run.started_at ?? run.requested_at).getTime()) / 1000;
  const { arch } = run;
  const ofImage = await flow.tx
    .selectFrom('build_duration')
    .select(['seconds', 'runs'])
    .where('image', '=', image)
    .where('arch', '=', arch)
    .executeTakeFirst();
  const ofPool = await flow.tx
    .selectFrom('pool_duration')
    .select(['seconds', 'runs'])
    .where('arch', '=', arch)
    .executeTakeFirst();
  const known = { ...withRun(ofImage, seconds), updated_at: flow.now };
  const pool = { ...withRun(ofPool, seconds), updated_at: flow.now };
  await flow.tx
    .insertInto('build_duration')
    .values({ image, arch, ...known })
    .onConflict((oc) => oc.columns(['image', 'arch']).doUpdateSet(known))
    .execute();
  await flow.tx
    .insertInto('pool_duration')
    .values({ arch, ...pool })
    .onConflict((oc) => oc.column('arch').doUpdateSet(pool))
    .execute();
};

/** Seconds that an arch build is expected to take. */
export type Estimate = (image: string, arch: Arch) => number;

/** Of these images; where one was never built on an arch, the average of the arch's pool counts. */
export const readEstimates = async (
  { tx }: Pick<Flow, 'tx'>,
  images: readonly string[],
): Promise<Estimate> => {
  const { rows } = await sql<{ image: string | null; arch: Arch; seconds: number }>`
    select image, arch, seconds from build_duration where image = any(${[...images]}::text[])
    union all select null, arch, seconds from pool_duration`.execute(tx);
  const ofPool = new Map<Arch, number>();
  const ofImage = new Map<string, number>();
  for (const { image, arch, seconds } of rows) {
    if (image === null) ofPool.set(arch, seconds);
    else ofImage.set(`${image} ${arch}`, seconds);
  }
  return (image, arch) => ofImage.get(`${image} ${arch}`) ?? ofPool.get(arch) ?? TYPICAL_SECONDS;
};
