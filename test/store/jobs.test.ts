/** Effects: asked for once, done at least once, completed where the run id still holds. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Effect, type EffectContext, effect, type Flow } from '../../src/runtime/consumer.ts';
import { runNextJob, startEffects } from '../../src/runtime/effects.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { claimDueJob, runJob } from '../../src/runtime/run-job.ts';
import type { Store } from '../../src/store/connect.ts';
import {
  anEnvironment,
  bodyOf,
  rowsOf,
  silent,
  type TestEnvironment,
  ThingSeen,
  until,
} from './an-environment.ts';
import { emptyStore } from './empty-store.ts';

let environment: TestEnvironment;
let another: () => { environment: TestEnvironment; store: Store };
let close: () => Promise<void>;
beforeAll(async () => {
  ({ environment, another, close } = await anEnvironment());
});
afterAll(() => close());
beforeEach(async () => {
  await emptyStore(environment.store);
  environment.clock.aheadMs = 0;
});

const inFlow = (work: (flow: Flow) => Promise<void>) =>
  runFlow(environment, { cause: newCause('test'), log: silent, purpose: 'test' }, work);
const ask = (inputs: unknown, more: { again?: boolean; due?: Date; key?: string } = {}) =>
  inFlow((flow) => flow.job({ kind: 'copy', key: 'x', inputs, ...more }));
const job = async () => (await rowsOf(environment.store, 'job'))[0];
const said = () => rowsOf(environment.store, 'outbox');

interface Copying {
  run?: (inputs: { from: string }, context: EffectContext) => Promise<string>;
  complete?: (flow: Flow, output: string) => Promise<void>;
  failed?: (flow: Flow, error: unknown) => Promise<void>;
  maxAttempts?: number;
  lease?: number;
  concurrency?: number;
}

/** An effect that copies something; says so when it is completed. */
const copying = (options: Copying = {}): Effect<unknown> =>
  effect({
    kind: 'copy',
    inputs: z.object({ from: z.string() }),
    lease: options.lease ?? 30,
    concurrency: options.concurrency ?? 1,
    ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    run: async (inputs, _ports, context) => options.run?.(inputs, context) ?? inputs.from,
    complete: async (flow, _inputs, output) => {
      await options.complete?.(flow, output);
      await flow.say(ThingSeen, bodyOf(output));
    },
    failed: async (flow, _inputs, error) => options.failed?.(flow, error),
  });

describe('a job', () => {
  test('asked for twice is one job with the inputs it was first given', async () => {
    await ask({ from: 'first' });
    await ask({ from: 'second' });
    expect(await rowsOf(environment.store, 'job')).toMatchObject([
      { inputs: { from: 'first' }, state: 'waiting' },
    ]);
  });

  test('is done, and completed in one transaction with what that says', async () => {
    await ask({ from: 'a' });
    const cause = (await job())?.['cause'];
    expect(await runNextJob([copying()], environment)).toBe(true);
    expect(await job()).toMatchObject({ state: 'done', attempts: 1, run_id: null, last_error: null });
    expect(await said()).toMatchObject([{ headers: { 'flibs-causation': expect.any(String) } }]);
    expect(JSON.stringify((await said())[0]?.['headers'])).toContain(
      JSON.parse(JSON.stringify(cause)).messageId,
    );
    expect(await runNextJob([copying()], environment)).toBe(false);
  });

  test('is not done before it is due', async () => {
    await inFlow((flow) =>
      flow.job({ kind: 'copy', key: 'x', inputs: { from: 'a' }, due: new Date(flow.now.getTime() + 60_000) }),
    );
    expect(await runNextJob([copying()], environment)).toBe(false);
    environment.clock.aheadMs = 61_000;
    expect(await runNextJob([copying()], environment)).toBe(true);
  });

  test('asked for again when it is done is due again, with the new inputs', async () => {
    await ask({ from: 'a' });
    await runNextJob([copying()], environment);
    await ask({ from: 'b' }, { again: true });
    expect(await job()).toMatchObject({ state: 'waiting', inputs: { from: 'b' }, attempts: 0 });
  });

  test('asked for again while it runs keeps its inputs, and is done once more with the new ones', async () => {
    await ask({ from: 'a' });
    const seen: string[] = [];
    const run = async ({ from }: { from: string }) => {
      seen.push(from);
      if (from === 'a') await ask({ from: 'b' }, { again: true });
      return from;
    };
    await runNextJob([copying({ run })], environment);
    expect(await job()).toMatchObject({ state: 'waiting', inputs: { from: 'b' }, again: null });
    await runNextJob([copying({ run })], environment);
    expect(seen).toEqual(['a', 'b']);
    expect(await job()).toMatchObject({ state: 'done' });
  });

  test('that fails is tried again later, its error visible, until it is dead and its failure is handled', async () => {
    await ask({ from: 'a' });
    const failing = copying({
      maxAttempts: 3,
      run: () => Promise.reject(new Error('registry is full', { cause: new Error('507') })),
      failed: async (flow, error) => void (await flow.say(ThingSeen, bodyOf(String(error)))),
    });
    for (const attempts of [1, 2]) {
      expect(await runNextJob([failing], environment)).toBe(true);
      expect(await job()).toMatchObject({ state: 'waiting', attempts, last_error: 'registry is full: 507' });
      expect(await runNextJob([failing], environment)).toBe(false);
      environment.clock.aheadMs += 600_000;
    }
    await runNextJob([failing], environment);
    expect(await job()).toMatchObject({ state: 'dead', attempts: 3, last_error: 'registry is full: 507' });
    expect(await said()).toHaveLength(1);
  });

  test('whose completion fails leaves nothing of it, and is done again', async () => {
    await ask({ from: 'a' });
    await runNextJob([copying({ complete: () => Promise.reject(new Error('no such build')) })], environment);
    expect(await said()).toEqual([]);
    expect(await job()).toMatchObject({ state: 'waiting', last_error: 'no such build' });
  });

  test('whose failure cannot be handled stays, with both errors', async () => {
    await ask({ from: 'a' });
    const failing = copying({
      maxAttempts: 1,
      run: () => Promise.reject(new Error('one')),
      failed: () => Promise.reject(new Error('two')),
    });
    await runNextJob([failing], environment);
    expect(await job()).toMatchObject({ state: 'waiting', last_error: 'one; then: two' });
  });
});

describe('a lease', () => {
  test("that ran out lets another process take the job, and the first one's result does not count", async () => {
    await ask({ from: 'a' });
    const first = await claimDueJob(environment, [copying()]);
    expect(first).toBeDefined();
    const second = another();
    expect(await runNextJob([copying()], second.environment)).toBe(false);
    second.environment.clock.aheadMs = 31_000;
    expect(await runNextJob([copying({ run: async () => 'second' })], second.environment)).toBe(true);
    if (first !== undefined) await runJob(environment, copying({ run: async () => 'first' }), first);
    expect(await job()).toMatchObject({ state: 'done', attempts: 2 });
    const bodies = (await said()).map((row) => String(row['body']));
    expect(bodies).toEqual([expect.stringContaining('second')]);
  });

  test('is renewed while the effect goes on', async () => {
    await ask({ from: 'a' });
    const leases = new Set<number>();
    const run = async () => {
      await until(async () => {
        leases.add(Number((await job())?.['lease_until']));
        return leases.size === 3;
      });
      return 'a';
    };
    await runNextJob([copying({ lease: 0.2, run })], environment);
    expect(await job()).toMatchObject({ state: 'done', attempts: 1 });
  });

  test('that was lost aborts the effect', async () => {
    await ask({ from: 'a' });
    const run = async (_inputs: unknown, { signal }: EffectContext) => {
      await environment.store.db
        .updateTable('job')
        .set({ run_id: '019ab000-0000-7000-8000-000000000000' })
        .execute();
      await until(() => signal.aborted);
      throw signal.reason;
    };
    await runNextJob([copying({ lease: 0.2, run })], environment);
    expect(await job()).toMatchObject({ state: 'running', last_error: null });
  });

  test('of runs that ended without a word counts them as attempts', async () => {
    await ask({ from: 'a' });
    for (let i = 0; i < 2; i += 1) {
      await claimDueJob(environment, [copying()]);
      environment.clock.aheadMs += 31_000;
    }
    await runNextJob([copying({ maxAttempts: 2 })], environment);
    expect(await job()).toMatchObject({ state: 'dead', last_error: 'its runs ended without a word 2 times' });
  });
});

describe('a job runner', () => {
  test('is woken by the commit, runs so many at once as its kind allows, and all in the end', async () => {
    let running = 0;
    let most = 0;
    const slow = copying({
      concurrency: 3,
      run: async ({ from }) => {
        running += 1;
        most = Math.max(most, running);
        await until(() => running === 3 || most === 3);
        running -= 1;
        return from;
      },
    });
    const runner = startEffects('copier', [slow], environment);
    await inFlow(async (flow) => {
      for (let i = 0; i < 9; i += 1) await flow.job({ kind: 'copy', key: `${i}`, inputs: { from: `${i}` } });
    });
    await until(async () => (await rowsOf(environment.store, 'job')).every((row) => row['state'] === 'done'));
    expect(most).toBe(3);
    expect(await said()).toHaveLength(9);
    await runner.stop();
  });

  test('gives back what did not come to its end when it stops, and that is no attempt', async () => {
    await ask({ from: 'a' });
    let begun = false;
    const endless = copying({
      run: async (_inputs, { signal }) => {
        begun = true;
        await until(() => signal.aborted);
        throw signal.reason;
      },
    });
    const runner = startEffects('copier', [endless], environment);
    await until(() => begun);
    await runner.stop();
    expect(await job()).toMatchObject({ state: 'waiting', attempts: 0, last_error: null });
  });

  test('waits for what comes to its end when it stops', async () => {
    await ask({ from: 'a' });
    let begun = false;
    const finishing = copying({
      run: async (_inputs, { signal }) => {
        begun = true;
        await until(() => signal.aborted);
        return 'a';
      },
    });
    const runner = startEffects('copier', [finishing], environment);
    await until(() => begun);
    await runner.stop();
    expect(await job()).toMatchObject({ state: 'done' });
  });
});
