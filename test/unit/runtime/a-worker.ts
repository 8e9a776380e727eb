/** A worker on a scripted bus, whose work is done when the test says so. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { z } from 'zod';
import type { Delivery } from '../../../src/bus/port.ts';
import { startWorker } from '../../../src/runtime/worker.ts';
import type { RunCommand, RunContext, RunEnd, WorkerOptions } from '../../../src/runtime/worker-options.ts';
import { aScriptedBus, type ScriptedBus } from '../../store/scripted-bus.ts';

export const silent = pino({ level: 'silent' });

const zeroes = `sha256:${'0'.repeat(64)}`;

/** As it stands in the queue. */
export const aTestCommand = (changes: Readonly<Record<string, unknown>> = {}) => ({
  schemaVersion: 1,
  kind: 'test',
  run: randomUUID(),
  nvr: 'app-1-1',
  image: 'app',
  arch: 'x86_64',
  testCase: 'smoke',
  pullspec: `registry.example.com/app@${zeroes}`,
  indexDigest: zeroes,
  manifestDigest: zeroes,
  command: ['/usr/bin/app', '--version'],
  timeout: 60,
  destination: 'registry.example.com/app',
  ...changes,
});

export const aCancel = (run: string) => ({ schemaVersion: 1, kind: 'cancel', run, reason: 'superseded' });

export const anEnd: Extract<RunEnd, { kind: 'failed' }> = {
  kind: 'failed',
  failureClass: 'source',
  error: 'as the test says',
};

/** One call of the worker's `execute`. */
export interface Work {
  readonly command: RunCommand;
  readonly context: RunContext;
  end(end?: RunEnd): void;
  fail(error: Error): void;
}

const Body = z.looseObject({ kind: z.string().optional() });

/** Bodies of what was said under one of the worker's keys. */
export const saidBy = (bus: ScriptedBus, routingKey: 'report' | 'announce' | 'log') =>
  bus.published
    .filter((message) => message.routingKey === routingKey)
    .map((message) => Body.parse(JSON.parse(message.body.toString())));

export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise(setImmediate);
};

export const aWorker = async (changes: Partial<WorkerOptions> = {}, bus = aScriptedBus()) => {
  const works: Work[] = [];
  const worker = await startWorker({
    bus,
    instance: 'main',
    name: 'w1',
    arches: ['x86_64'],
    labels: {},
    slots: 2,
    toolchain: { buildah: '1' },
    heartbeat: 3600,
    lease: 7200,
    log: silent,
    execute: (command, context) =>
      new Promise((resolve, reject) => {
        works.push({ command, context, end: (end = anEnd) => resolve(end), fail: reject });
      }),
    ...changes,
  });
  const deliver = (body: unknown, raw?: Partial<Delivery>) => {
    const [consuming] = bus.consuming;
    if (consuming === undefined) throw new Error('the worker does not consume');
    return consuming.onDelivery({
      exchange: 'flibs.main.workers',
      routingKey: consuming.queue,
      messageId: randomUUID(),
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
      redelivered: false,
      ...raw,
    });
  };
  /** Kinds of the reports, in order. */
  const reports = () => saidBy(bus, 'report').map(({ kind }) => kind);
  return { bus, worker, works, deliver, reports };
};
