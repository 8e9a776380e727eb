/** What is paused now. */
import { ImageName } from '../../../schemas/ids.ts';
import type { Pause, PauseSubject } from '../../../schemas/pause.ts';
import { describeWhatIsPaused } from '../../planning/paused.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { Refused } from '../refused.ts';

type Read = Pick<Flow, 'tx'>;

export type PauseInForce = Pause & { readonly id: number };

/** A pause is in force until it was ended, be its time up or not. */
export const pausesInForce = async ({ tx }: Read): Promise<readonly PauseInForce[]> => {
  const rows = await tx.selectFrom('pause').selectAll().where('ended_at', 'is', null).orderBy('id').execute();
  return rows.map(({ id, scope, image, paused_by: by, reason, until }) => ({
    id,
    ...subjectFrom(scope, image),
    by,
    reason,
    ...(until === null ? {} : { until: until.toISOString() }),
  }));
};

const subjectFrom = (scope: Pause['scope'], image: string | null): PauseSubject =>
  scope === 'image' ? { scope, image: ImageName.parse(image) } : { scope };

/** What is built of it is for nobody to ask while it is paused. @throws Refused naming who has paused it, and why. */
export const refuseWherePaused = async (read: Read, image: string): Promise<void> => {
  const pause = (await pausesInForce(read)).find((each) => each.scope === 'image' && each.image === image);
  if (pause === undefined) return;
  throw new Refused('conflict', describeWhatIsPaused(pause), `\`flibs resume ${image}\` ends that`);
};

/** The pause of everything: nothing starts meanwhile. */
export const pauseOfEverything = async (read: Read): Promise<PauseInForce | undefined> =>
  (await pausesInForce(read)).find(({ scope }) => scope === 'everything');
