import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { asWork } from '../../../src/runtime/work-channel.ts';

describe('the channel of work', () => {
  const store = new AsyncLocalStorage<unknown>();
  afterEach(() => {
    channel('flibs:work').unbindStore(store);
  });

  test('tells a bound store which run or job what happens belongs to, over awaits too', async () => {
    channel('flibs:work').bindStore(store);
    const seen = async () => {
      await turn();
      return store.getStore();
    };
    const both = Promise.all([asWork('run 1', seen), asWork('job release a-1-1', seen)]);
    expect(await both).toEqual([{ work: 'run 1' }, { work: 'job release a-1-1' }]);
    expect(store.getStore()).toBeUndefined();
  });

  test('is in nobody’s way when nobody listens', () => {
    expect(asWork('run 1', () => 'done')).toBe('done');
  });
});
