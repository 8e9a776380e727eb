/** Does one recorded thing again. */
import { spawn } from 'node:child_process';
import fsPromises from 'node:fs/promises';
import type { Bindings } from './bindings.ts';
import type { FileStep, ProgramStep, RequestStep, Step } from './steps.ts';

type Bodies = ReadonlyMap<string, Buffer>;

/** @throws Error where a program or a request ends otherwise than it was recorded. */
export const doStep = async (step: Step, bindings: Bindings, bodies: Bodies): Promise<void> => {
  switch (step.kind) {
    case 'program':
      return doProgram(step, bindings);
    case 'request':
      return doRequest(step, bindings, bodies);
    case 'file':
      return doFileChange(step, bindings, bodies);
  }
};

const doProgram = async (step: ProgramStep, bindings: Bindings): Promise<void> => {
  const [file = '', ...args] = step.argv.map(bindings.text);
  const child = spawn(file, args, {
    env: step.env,
    stdio: [step.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(step.cwd === undefined ? {} : { cwd: step.cwd }),
  });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdin?.end(bindings.text(step.input ?? ''));
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  if (exitCode !== step.exitCode) {
    const said = Buffer.concat(errors).toString('utf8').slice(-2000);
    throw new Error(`${[file, ...args].join(' ')}: exit status ${exitCode}, not ${step.exitCode}: ${said}`);
  }
  bindings.learn(step.output, Buffer.concat(output).toString('utf8'));
};

const doRequest = async (step: RequestStep, bindings: Bindings, bodies: Bodies): Promise<void> => {
  const url = bindings.url(step.url);
  const body = step.body === undefined ? undefined : bodies.get(step.body);
  const response = await fetch(url, {
    method: step.method,
    headers: step.headers,
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  await response.arrayBuffer();
  // Another lane may have put there meanwhile what was missing then: no harm. The other way round it is put now.
  const failed = response.status >= 400 && step.status < 400;
  if (failed && !(await putMissing(step, bodies)))
    throw new Error(`${step.method} ${url}: ${response.status}, not ${step.status}`);
  const location = response.headers.get('location');
  if (step.location !== undefined && location !== null)
    bindings.learnLocation(step.location, new URL(location, response.url).href);
};

/** Lanes of one image may share a blob: whichever comes first puts it, as it would with flibs. */
const putMissing = async ({ method, url }: RequestStep, bodies: Bodies): Promise<boolean> => {
  const [, uploads, digest = ''] = /^(.*\/blobs\/)sha256:([0-9a-f]{64})$/.exec(url) ?? [];
  const body = bodies.get(digest);
  if (method !== 'HEAD' || body === undefined) return false;
  const begun = await fetch(`${uploads}uploads/`, { method: 'POST' });
  const location = new URL(begun.headers.get('location') ?? '', begun.url);
  location.searchParams.set('digest', `sha256:${digest}`);
  const put = await fetch(location, { method: 'PUT', body: new Uint8Array(body) });
  return put.ok;
};

const doFileChange = async (step: FileStep, bindings: Bindings, bodies: Bodies): Promise<void> => {
  const operation: unknown = Reflect.get(fsPromises, step.operation);
  if (typeof operation !== 'function') throw new Error(`there is no ${step.operation} of files`);
  const args = step.args.map((arg) => argumentFor(arg, bindings, bodies));
  const result: unknown = await Reflect.apply(operation, fsPromises, args);
  if (step.operation === 'readFile') bindings.learn(step.output, String(result));
};

const argumentFor = (arg: unknown, bindings: Bindings, bodies: Bodies): unknown => {
  if (typeof arg === 'string') return bindings.text(arg);
  if (typeof arg !== 'object' || arg === null) return arg ?? undefined;
  return 'kept' in arg ? bodies.get(String(arg.kept)) : arg;
};
