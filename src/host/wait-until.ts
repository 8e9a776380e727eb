import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again every few milliseconds until the answer is no longer undefined.
 *
 * @param seconds - how long to go on asking
 * @param what - ends the message of the error: "waited 30 s for <what>"
 */
export const waitUntil = async <T>(
  ask: () => Promise<T | undefined>,
  { seconds, what, every = 25 }: { seconds: number; what: string; every?: number },
): Promise<T> => {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${seconds} s for ${what}`);
    }
    await sleep(every);
  }
};
