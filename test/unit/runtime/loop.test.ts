import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type LoopOptions, startLoop } from '../../../src/runtime/loop.ts';

const anHour = 3_600_000;
const aLoop = (round: LoopOptions['round'], more: Partial<LoopOptions> = {}) =>
  startLoop({
    name: 'test',
    every: anHour,
    log: pino({ level: 'silent' }),
    store: { whenAvailable: async () => undefined },
    round,
    ...more,
  });
const until = async (holds: () => boolean) => {
  while (!holds()) await turn();
};

describe('a loop', () => {
  test('does a round at once, and another when it is rung', async () => {
    let rounds = 0;
    const loop = aLoop(async () => {
      rounds += 1;
      return undefined;
    });
    await until(() => rounds === 1);
    loop.ring();
    await until(() => rounds === 2);
    await loop.stop();
    expect(rounds).toBe(2);
  });

  test('that is rung while it does a round does one more, however often it was rung', async () => {
    let rounds = 0;
    const loop = aLoop(async () => {
      rounds += 1;
      await turn();
      if (rounds === 1) for (let i = 0; i < 5; i += 1) loop.ring();
      return undefined;
    });
    await until(() => rounds === 2);
    await turn();
    await loop.stop();
    expect(rounds).toBe(2);
  });

  test('keeps the earliest of the times it is to ring at', async () => {
    let rounds = 0;
    const loop = aLoop(async () => {
      rounds += 1;
      return undefined;
    });
    loop.ringIn(anHour / 2);
    loop.ringIn(5);
    loop.ringIn(anHour / 2);
    await until(() => rounds === 2);
    await loop.stop();
  });

  test('comes round after the time that a round asks for', async () => {
    let rounds = 0;
    const loop = aLoop(async () => {
      rounds += 1;
      return 1;
    });
    await until(() => rounds === 5);
    await loop.stop();
  });

  test('waits for a store that is away, then does the round again', async () => {
    let away = true;
    let rounds = 0;
    const store = {
      whenAvailable: async () => {
        away = false;
      },
    };
    const round = async () => {
      if (away) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      rounds += 1;
      return undefined;
    };
    const loop = aLoop(round, { store });
    await until(() => rounds === 1);
    await loop.stop();
  });

  test('stops at once although it waits for the store, and after the round it is in', async () => {
    const store = {
      whenAvailable: (signal?: AbortSignal) =>
        new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    };
    const away = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    await aLoop(away, { store }).stop();

    let finished = false;
    const loop = aLoop(async () => {
      await turn();
      await turn();
      finished = true;
      return undefined;
    });
    await loop.stop();
    expect(finished).toBe(true);
  });
});
