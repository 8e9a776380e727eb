import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { RunId } from '../../../schemas/ids.ts';
import { reporting } from '../../../src/runtime/reporting.ts';
import { aScriptedBus } from '../../store/scripted-bus.ts';
import { silent, until } from './a-worker.ts';

const run = RunId.parse(randomUUID());
const aReporter = (bus = aScriptedBus(), times = { pause: 1, lastWords: 60_000 }) => {
  const stopping = new AbortController();
  const report = reporting({ bus, instance: 'main', name: 'w1', log: silent }, stopping.signal, times);
  return { bus, report, stopping };
};

describe('a report', () => {
  test('is repeated under the same id until somebody takes it', async () => {
    const { bus, report } = aReporter();
    bus.answer = () => (bus.published.length < 3 ? 'returned' : 'confirmed');
    await report(run, { kind: 'started' });
    expect(bus.published).toHaveLength(4);
    expect(new Set(bus.published.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('waits for a broker that is away, while the worker goes on', async () => {
    const { bus, report } = aReporter();
    bus.answer = () => 'lost';
    let told = false;
    void report(run, { kind: 'started' }).then(() => {
      told = true;
    });
    await until(() => bus.published.length === 1);
    await new Promise(setImmediate);
    expect(told).toBe(false);
  });

  test.each(['lost', 'returned'] as const)(
    'that is %s keeps no worker from stopping: the end of the lease says it',
    async (answer) => {
      const { bus, report, stopping } = aReporter(aScriptedBus(), { pause: 1, lastWords: 5 });
      bus.answer = () => answer;
      const reported = report(run, { kind: 'started' });
      stopping.abort();
      await reported;
    },
  );

  test('that the broker refuses is an error', async () => {
    const { bus, report } = aReporter();
    bus.answer = () => ({ refused: 'too large' });
    await expect(report(run, { kind: 'started' })).rejects.toThrow('too large');
  });
});
