import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { processesMentioning } from '../servers/processes.ts';
import { describeCommandLine } from './command-line-on-the-demo.ts';
import { arches, type DemoRun, ofModule, rebuilt, runDemo } from './demo-run.ts';
import { killAll } from './program.ts';
import { describeWhatFlibsSays } from './what-flibs-says.ts';

let demo: DemoRun;
beforeAll(async () => {
  demo = await runDemo();
});
afterAll(async () => {
  await killAll();
  await demo?.remove();
});

describe('the demo', () => {
  test('ends with exit code 0 and no problem', () => {
    expect(demo.exitCode).toBe(0);
    expect([...demo.summary.problems, ...demo.summary.module.problems]).toEqual([]);
  });

  test('prints nothing but its summary on standard output', () => {
    expect(demo.stdout.trim()).toMatch(/^\{.*\}$/s);
    expect(demo.stderr).toContain('FEDORA-');
  });

  test('tells each step once', () => {
    const steps = demo.stderr.split('\n').filter((line) => /^ {2}\d\d:\d\d:/.test(line));
    expect(steps.length).toBeGreaterThan(100);
    expect(steps.filter((line, at) => steps.indexOf(line) !== at)).toEqual([]);
  });

  test('rebuilds the four images that hold openssl-libs', () => {
    expect(demo.summary.rebuilt.map(({ image }) => image).sort()).toEqual(rebuilt);
    expect(demo.summary.rebuilt.map(({ nvr }) => nvr.split('-').at(-1))).toEqual(['2', '2', '2', '2']);
  });

  test('leaves the images beside them alone, with a reason', () => {
    const reason = 'holds nothing built from openssl, on any arch';
    expect(demo.summary.leftAlone).toEqual([...ofModule, 'standalone'].map((image) => ({ image, reason })));
  });

  test('rebuilds, for a newer build of a module, its image and the one that consumes it, and no other', () => {
    expect(demo.summary.module.rebuilt.map(({ nvr }) => nvr).sort()).toEqual(['greeter-1-2', 'hello-1.0-2']);
    expect(demo.summary.module.leftAlone.map(({ image }) => image)).toEqual(
      [...rebuilt, 'standalone'].sort(),
    );
  });

  test.each(ofModule)("names, for each arch of %s, the module's package from old to new", (image) => {
    const change = ['greeter upgraded 1.0-1.fc40 -> 1.1-1.fc40'];
    expect(demo.summary.module.rebuilt.find((each) => each.image === image)?.changes).toEqual(
      Object.fromEntries(arches.map((arch) => [arch, change])),
    );
  });

  test.each(rebuilt)('gives %s another index digest', (image) => {
    const one = demo.summary.rebuilt.find((each) => each.image === image);
    expect(one?.before).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one?.after).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one?.after).not.toBe(one?.before);
  });

  test.each(rebuilt)('names, for each arch of %s, openssl-libs from old to new and nothing else', (image) => {
    const change = ['openssl-libs upgraded 3.2.1-2.fc40 -> 3.2.2-1.fc40'];
    expect(demo.summary.rebuilt.find((each) => each.image === image)?.changes).toEqual(
      Object.fromEntries(arches.map((arch) => [arch, change])),
    );
  });

  test.each(arches)('pulls an image for %s that runs and prints the new version', (arch) => {
    expect(demo.summary.pulled.find((each) => each.arch === arch)).toMatchObject({
      exitCode: 0,
      output: '3.2.2-1.fc40',
    });
  });

  test('leaves no process behind, epmd included', async () => {
    expect(await processesMentioning(demo.dataDirectory)).toEqual([]);
  });
});

describeWhatFlibsSays(() => demo);

describeCommandLine(() => demo);
