/** Waits until flibs has done what the demo asked for, or says what went wrong. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ImageBrief } from '../../api/wire/image.ts';
import { RebuildBrief, RebuildDetail } from '../../api/wire/rebuild.ts';
import type { Client } from '../client.ts';
import { UserError } from '../user-error.ts';

const periodMs = 250;
const bad = new Set(['failed', 'rejected', 'cancelled', 'superseded']);

export interface Waiting {
  readonly client: Client;
  readonly signal: AbortSignal;
  /** Seconds. */
  readonly limit: number;
}

const until = async <T>(
  what: string,
  { signal, limit }: Waiting,
  look: () => Promise<T | undefined>,
): Promise<T> => {
  const deadline = performance.now() + limit * 1000;
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new UserError('failed', `${what} did not happen within ${limit} s`);
    await delay(periodMs, undefined, { signal });
  }
};

/** Every defined image has a release; there are so many. */
export const untilAllReleased = (waiting: Waiting, count: number): Promise<readonly ImageBrief[]> =>
  until(`the release of ${count} images`, waiting, async () => {
    const images = await waiting.client.get('/api/v1/images', z.array(ImageBrief));
    const broken = images.find(({ latest }) => latest !== null && bad.has(latest.state));
    if (broken?.latest) throw new UserError('failed', `${broken.latest.nvr} is ${broken.latest.state}`);
    return images.length === count && images.every(({ released }) => released !== null) ? images : undefined;
  });

/** The rebuild that began with this reference, once it is finished. */
export const untilRebuilt = (waiting: Waiting, reference: string): Promise<RebuildDetail> =>
  until(`the rebuild for ${reference}`, waiting, async () => {
    const rebuilds = await waiting.client.get('/api/v1/rebuilds', z.array(RebuildBrief));
    const ours = rebuilds.find((rebuild) => rebuild.reference === reference);
    if (ours?.state === 'cancelled') throw new UserError('failed', `rebuild ${ours.id} is cancelled`);
    if (ours?.state !== 'finished') return undefined;
    return waiting.client.get(`/api/v1/rebuilds/${ours.id}`, RebuildDetail);
  });
