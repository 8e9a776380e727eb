import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BuilderOptions } from '../../src/building/builder.ts';
import { runProgram } from '../../src/building/run-program.ts';
import { aWorkbench, type Done, type Workbench } from './workbench.ts';

/** Command lines of all processes that have the text in them. */
const processesWith = async (text: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) =>
      readFile(join('/proc', pid, 'cmdline'), 'utf8').then(
        (line) => line.replaceAll('\0', ' '),
        () => '',
      ),
    ),
  );
  return lines.filter((line) => line.includes(text));
};

const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('ending a build', () => {
  let bench: Workbench;
  let base: Done;

  beforeAll(async () => {
    bench = await aWorkbench(['x86_64']);
    base = await bench.base(await bench.openBuilder(), 'x86_64');
  });
  afterAll(() => bench.close());

  const onBase = () =>
    bench.order('runtime', 'x86_64', { parents: bench.parent('base', base.manifestDigest) });

  test.each<{ isolation: NonNullable<BuilderOptions['isolation']>; seconds: string }>([
    { isolation: 'oci', seconds: '98761' },
    { isolation: 'chroot', seconds: '98762' },
  ])('kills everything that it started, under $isolation isolation', async ({ isolation, seconds }) => {
    const builder = await bench.openBuilder({ isolation });
    const ending = new AbortController();
    const Containerfile = `FROM base\nRUN sleep ${seconds} & sleep ${seconds}`;
    const building = bench.build(builder, onBase(), { files: { Containerfile }, signal: ending.signal });
    const failed = expect(building).rejects.toMatchObject({
      failureClass: 'infrastructure',
      message: expect.stringContaining('aborted'),
    });
    await eventually(async () => (await processesWith(`sleep ${seconds}`)).length >= 2);
    ending.abort();
    await failed;
    await eventually(async () => (await processesWith(seconds)).length === 0);
    const again = await bench.build(builder, onBase());
    expect(again.built.outcome).toBe('succeeded');
  });

  test('a state directory in which a build was killed is usable again', async () => {
    const stateDir = join(bench.directory, 'killed');
    const first = await bench.openBuilder({ stateDir });
    const ending = new AbortController();
    const building = bench.build(first, onBase(), {
      files: { Containerfile: 'FROM base\nRUN sleep 98763' },
      signal: ending.signal,
    });
    const failed = expect(building).rejects.toMatchObject({ failureClass: 'infrastructure' });
    await eventually(async () => (await processesWith('sleep 98763')).length >= 1);
    ending.abort();
    await failed;
    const second = await bench.openBuilder({ stateDir });
    expect((await bench.build(second, onBase())).built.outcome).toBe('succeeded');
  });

  test('a program that puts itself in the background ends with what started it', async () => {
    const program = { file: 'sh', args: ['-c', 'setsid sleep 98764 >/dev/null 2>&1 & exit 0'] };
    await runProgram({ ...program, confinement: 'pid-namespace' });
    await eventually(async () => (await processesWith('sleep 98764')).length === 0);
  });

  test('a program that runs out of time is killed and says so', async () => {
    const running = runProgram({ file: 'sleep', args: ['98765'], timeout: 0.2 });
    await expect(running).rejects.toMatchObject({ name: 'ProgramKilled', reason: 'timeout' });
    expect(await processesWith('sleep 98765')).toEqual([]);
  });

  test('a program that is not there is told by its name', async () => {
    const running = runProgram({ file: 'no-such-program-here', args: [] });
    await expect(running).rejects.toMatchObject({
      reason: 'absent',
      message: expect.stringContaining('no-such-program-here'),
    });
  });
});
