import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { aScriptedBus } from '../../store/scripted-bus.ts';
import { aCancel, anEnd, aTestCommand, aWorker, saidBy, until } from './a-worker.ts';

afterEach(() => {
  jest.useRealTimers();
});

describe('a command', () => {
  test('is run, and reported when it begins and when it ends', async () => {
    const { bus, worker, works, deliver } = await aWorker();
    const command = aTestCommand();
    expect(await deliver(command)).toBe('ack');
    await until(() => works.length === 1);
    expect(saidBy(bus, 'report')).toEqual([
      { schemaVersion: 1, kind: 'started', run: command.run, worker: 'w1' },
    ]);
    works[0]?.end();
    await until(() => saidBy(bus, 'report').length === 2);
    expect(saidBy(bus, 'report')[1]).toEqual({ schemaVersion: 1, run: command.run, worker: 'w1', ...anEnd });
    expect(
      bus.published.every(({ mandatory, persistent, routingKey }) =>
        routingKey === 'report' ? mandatory && persistent : !mandatory && !persistent,
      ),
    ).toBe(true);
    await worker.stop();
  });

  test('that is said twice is run once', async () => {
    const { worker, works, deliver, reports } = await aWorker();
    const command = aTestCommand();
    await deliver(command);
    await deliver(command);
    await until(() => works.length === 1);
    works[0]?.end();
    await until(() => reports().length === 2);
    expect(reports()).toEqual(['started', 'failed']);
    await worker.stop();
  });

  test('is refused when no slot is free, and taken when one is again', async () => {
    const { bus, worker, works, deliver, reports } = await aWorker({ slots: 1 });
    await deliver(aTestCommand());
    await until(() => works.length === 1);
    const second = aTestCommand();
    await deliver(second);
    expect(saidBy(bus, 'report').at(-1)).toMatchObject({
      kind: 'refused',
      run: second.run,
      reason: 'no slot is free',
    });
    works[0]?.end();
    await until(() => reports().length === 3);
    await deliver(aTestCommand());
    await until(() => works.length === 2);
    works[1]?.end();
    await worker.stop();
  });

  test.each([
    ['is no JSON', { body: Buffer.from('{') }],
    ['is another kind', { body: Buffer.from('{"schemaVersion":1,"kind":"dance"}') }],
  ])('that %s is acknowledged and changes nothing', async (_what, raw) => {
    const { worker, works, deliver, reports } = await aWorker();
    expect(await deliver({}, raw)).toBe('ack');
    expect([works, reports()]).toEqual([[], []]);
    await worker.stop();
  });

  test('whose work fails in a way that nobody thought of is a failure of the infrastructure', async () => {
    const { bus, worker, works, deliver, reports } = await aWorker();
    await deliver(aTestCommand());
    await until(() => works.length === 1);
    works[0]?.fail(new TypeError('x is undefined'));
    await until(() => reports().length === 2);
    expect(saidBy(bus, 'report')[1]).toMatchObject({
      kind: 'failed',
      failureClass: 'infrastructure',
      error: 'x is undefined',
    });
    await worker.stop();
  });

  test('whose work takes a minute longer than its test may is aborted, and the report says so', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
    const { bus, worker, works, deliver, reports } = await aWorker();
    await deliver(aTestCommand({ timeout: 30 }));
    await until(() => works.length === 1);
    const signal = works[0]?.context.signal;
    jest.advanceTimersByTime(89_000);
    expect(signal?.aborted).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect(signal?.aborted).toBe(true);
    works[0]?.end();
    await until(() => reports().length === 2);
    expect(saidBy(bus, 'report')[1]).toMatchObject({
      kind: 'failed',
      error: 'it took longer than 90 s: as the test says',
    });
    await worker.stop();
  });

  test('whose error is longer than a report takes has it cut', async () => {
    const { bus, worker, works, deliver, reports } = await aWorker();
    await deliver(aTestCommand());
    await until(() => works.length === 1);
    works[0]?.end({ ...anEnd, error: 'e'.repeat(9000) });
    await until(() => reports().length === 2);
    expect(saidBy(bus, 'report')[1]?.['error']).toHaveLength(8192);
    await worker.stop();
  });

  test('has its output sent as it is printed', async () => {
    const { bus, worker, works, deliver, reports } = await aWorker();
    const { run } = aTestCommand();
    await deliver(aTestCommand({ run }));
    await until(() => works.length === 1);
    works[0]?.context.onOutput('a line\n');
    expect(works[0]?.context.printed()).toBe('a line\n');
    works[0]?.end();
    await until(() => reports().length === 2);
    expect(saidBy(bus, 'log')).toEqual([{ schemaVersion: 1, run, offset: 0, text: 'a line\n' }]);
    await worker.stop();
  });
});

describe('a run that is cancelled', () => {
  test('is aborted, and nothing more is said of it', async () => {
    const { worker, works, deliver, reports } = await aWorker();
    const command = aTestCommand();
    await deliver(command);
    await until(() => works.length === 1);
    await deliver(aCancel(command.run));
    expect(works[0]?.context.signal.aborted).toBe(true);
    works[0]?.end();
    await worker.stop();
    expect(reports()).toEqual(['started']);
  });

  test('and is not in hand is none of ours', async () => {
    const { worker, deliver, reports } = await aWorker();
    expect(await deliver(aCancel(aTestCommand().run))).toBe('ack');
    await worker.stop();
    expect(reports()).toEqual([]);
  });
});

describe('a worker that stops', () => {
  test.each([
    ['ends', (work: { end(): void }) => work.end()],
    ['fails', (work: { fail(error: Error): void }) => work.fail(new Error('aborted'))],
  ])('aborts its runs and gives them back, also where the work %s', async (_how, finish) => {
    const { bus, worker, works, deliver } = await aWorker();
    await deliver(aTestCommand());
    await until(() => works.length === 1);
    const stopped = worker.stop();
    const [work] = works;
    await until(() => work?.context.signal.aborted === true);
    if (work) finish(work);
    await stopped;
    expect(saidBy(bus, 'report').at(-1)).toMatchObject({ kind: 'refused', reason: 'the worker stops' });
    expect(bus.consuming).toEqual([]);
  });

  test('refuses what still comes', async () => {
    const { bus, worker, works, deliver } = await aWorker();
    await deliver(aTestCommand());
    await until(() => works.length === 1);
    const [consuming] = bus.consuming;
    const stopped = worker.stop();
    const late = aTestCommand();
    await consuming?.onDelivery({
      exchange: '',
      routingKey: '',
      messageId: undefined,
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: {},
      body: Buffer.from(JSON.stringify(late)),
      redelivered: false,
    });
    expect(saidBy(bus, 'report')).toContainEqual(
      expect.objectContaining({ kind: 'refused', run: late.run, reason: 'the worker stops' }),
    );
    works[0]?.end();
    await stopped;
    expect(works).toHaveLength(1);
  });
});

describe('an announcement', () => {
  test('says what the worker is and what it has in hand', async () => {
    const { bus, worker, works, deliver } = await aWorker({ heartbeat: 0.01 });
    const command = aTestCommand();
    await deliver(command);
    const last = () => saidBy(bus, 'announce').at(-1);
    await until(() => String(last()?.['runs']) === command.run);
    expect(last()).toMatchObject({
      worker: 'w1',
      queue: 'flibs.main.worker.w1',
      arches: ['x86_64'],
      slots: 2,
      toolchain: { buildah: '1' },
    });
    works[0]?.end();
    await until(() => String(last()?.['runs']) === '');
    await worker.stop();
    const incarnations = new Set(saidBy(bus, 'announce').map(({ incarnation }) => incarnation));
    expect(incarnations.size).toBe(1);
  });

  test('that is heard renews the lease: runs go on', async () => {
    const { bus, worker, works, deliver } = await aWorker({ heartbeat: 0.01, lease: 5 });
    await deliver(aTestCommand());
    await until(() => saidBy(bus, 'announce').length > 10);
    expect(works[0]?.context.signal.aborted).toBe(false);
    works[0]?.end();
    await worker.stop();
  });

  test('that is not heard for a whole lease ends the runs, and gives them back', async () => {
    const bus = aScriptedBus();
    const { worker, works, deliver, reports } = await aWorker({ heartbeat: 0.01, lease: 0.05 }, bus);
    await until(() => saidBy(bus, 'announce').length > 0);
    bus.answer = ({ routingKey }) => (routingKey === 'announce' ? 'lost' : 'confirmed');
    await deliver(aTestCommand());
    await until(() => works[0]?.context.signal.aborted === true);
    works[0]?.end();
    await until(() => reports().length === 2);
    expect(saidBy(bus, 'report')[1]).toMatchObject({
      kind: 'refused',
      reason: 'the lease could not be renewed',
    });
    await worker.stop();
  });
});
