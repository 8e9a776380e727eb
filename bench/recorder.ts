/**
 * `node --import bench/recorder.js ...`: writes down what a flibs does to the world within its runs and jobs (programs,
 * requests, changes of files), so that a script can do the same without a flibs. One JSON object a line.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import childProcess, { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { environmentOfRecorder, type Step } from './rebuild/steps.ts';

const directory = process.env[environmentOfRecorder];
const Work = z.object({ work: z.string() });
const lanes = new AsyncLocalStorage<unknown>();
channel('flibs:work').bindStore(lanes);

const laneNow = (): string | undefined => Work.safeParse(lanes.getStore()).data?.work;

let clock = 0;
const tick = (): number => {
  clock += 1;
  return clock;
};

const write = (step: Step): void => {
  if (directory !== undefined) appendFileSync(join(directory, 'steps.ndjson'), `${JSON.stringify(step)}\n`);
};

/** Keeps bytes beside the record; @returns their name. */
const keep = (bytes: Uint8Array): string => {
  const name = createHash('sha256').update(bytes).digest('hex');
  const path = join(directory ?? '.', name);
  if (!existsSync(path)) writeFileSync(path, bytes);
  return name;
};

type Around = (call: () => unknown, args: readonly unknown[], lane: string) => unknown;

/** Replaces a function of a module; outside of runs and jobs it stays what it was. */
const wrap = (target: object, name: string, around: Around): void => {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') throw new Error(`there is no function ${name} to record`);
  Reflect.set(target, name, function recorded(this: unknown, ...args: unknown[]): unknown {
    const lane = laneNow();
    const call = (): unknown => Reflect.apply(original, this, args);
    return lane === undefined ? call() : around(call, args, lane);
  });
};

const SpawnOptions = z.object({ env: z.record(z.string(), z.string()), cwd: z.string().optional() });
const longestOutput = 4096;

const recordPrograms = (): void =>
  wrap(childProcess, 'spawn', (call, args, lane) => {
    const started = tick();
    const begun = performance.now();
    const child = call();
    if (!(child instanceof ChildProcess)) return child;
    const output: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer | string) => output.push(Buffer.from(chunk)));
    const input = recordInput(child);
    let ended = 0;
    let ms = 0;
    child.once('exit', () => {
      ended = tick();
      ms = performance.now() - begun;
    });
    child.once('close', (code) => {
      const { env, cwd } = SpawnOptions.parse(args[2]);
      const stdout = Buffer.concat(output).toString('utf8');
      write({
        kind: 'program',
        lane,
        started,
        ended,
        ms,
        argv: [String(args[0]), ...z.array(z.string()).parse(args[1])],
        env,
        ...(cwd === undefined ? {} : { cwd }),
        ...(input.length === 0 ? {} : { input: Buffer.concat(input).toString('utf8') }),
        exitCode: code ?? -1,
        output: stdout.length <= longestOutput ? stdout : '',
      });
    });
    return child;
  });

/** @returns what grows with what it is given. */
const recordInput = ({ stdin }: ChildProcess): readonly Buffer[] => {
  const input: Buffer[] = [];
  if (stdin === null) return input;
  for (const name of ['write', 'end']) {
    wrap(stdin, name, (put, [chunk]) => {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) input.push(Buffer.from(chunk));
      return put();
    });
  }
  return input;
};

const Sent = z.object({
  method: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.instanceof(Uint8Array).optional(),
});

const recordRequests = (): void =>
  wrap(globalThis, 'fetch', async (call, args, lane) => {
    const { method, headers, body } = Sent.parse(args[1]);
    const kept = body === undefined ? {} : { body: keep(body) };
    const started = tick();
    const begun = performance.now();
    const response = await call();
    if (!(response instanceof Response)) return response;
    const location = response.headers.get('location');
    write({
      kind: 'request',
      lane,
      started,
      ended: tick(),
      ms: performance.now() - begun,
      method,
      url: String(args[0]),
      headers,
      ...kept,
      ...(location === null ? {} : { location: new URL(location, response.url).href }),
      status: response.status,
    });
    return response;
  });

/** Buffers by name; numbers, texts and options as they are. */
const argumentOf = (value: unknown): unknown =>
  value instanceof Uint8Array ? { kept: keep(value) } : (value ?? null);

const recordFiles = (): void => {
  const record = (operation: string, lane: string, args: readonly unknown[], call: () => unknown) =>
    recordFile({ operation, lane, args, call });
  for (const name of ['mkdir', 'writeFile', 'rm', 'rmdir', 'cp', 'chmod', 'utimes', 'lutimes', 'symlink']) {
    wrap(fsPromises, name, (call, args, lane) => record(name, lane, args, call));
  }
  wrap(fsPromises, 'mkdtemp', (call, args, lane) => record('mkdtemp', lane, args, call));
  wrap(fsPromises, 'readFile', (call, args, lane) => record('readFile', lane, args, call));
  wrap(fsPromises, 'open', async (call, args, lane) => {
    const handle = await call();
    if (typeof handle !== 'object' || handle === null || typeof args[1] !== 'number') return handle;
    wrap(handle, 'writeFile', (put, given) => record('writeFile', lane, [args[0], given[0]], put));
    return handle;
  });
};

const recordFile = async (operation: {
  readonly operation: string;
  readonly lane: string;
  readonly args: readonly unknown[];
  readonly call: () => unknown;
}): Promise<unknown> => {
  const { operation: name, lane, args, call } = operation;
  const started = tick();
  const begun = performance.now();
  // Node's own functions use one another: what one does inside is not ours.
  const result = await lanes.exit(call);
  const output = name === 'mkdtemp' || name === 'readFile' ? String(result) : '';
  write({
    kind: 'file',
    lane,
    started,
    ended: tick(),
    ms: performance.now() - begun,
    operation: name === 'mkdtemp' ? 'mkdir' : name,
    args: name === 'mkdtemp' ? [output] : args.map(argumentOf),
    output: name === 'readFile' ? output : '',
  });
  return result;
};

if (directory !== undefined) {
  recordPrograms();
  recordRequests();
  recordFiles();
  syncBuiltinESMExports();
}
