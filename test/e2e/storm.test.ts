/** Hundreds of updates within seconds: real bus, store, registry and workers, and a fast stand-in for the build step. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runStorm, type StormReport } from '../../bench/storm/storm.ts';

describe('500 updates in ten seconds over 200 images, one of them urgent', () => {
  let directory: string;
  let report: StormReport;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flibs-e2e-storm-'));
    report = await runStorm({
      directory,
      arches: ['x86_64'],
      updates: 500,
      seconds: 10,
      first: 'written',
      say: () => undefined,
    });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('build each affected arch build once or twice', () => {
    expect(report.builds.size).toBe(200);
    expect([...report.builds].filter(([, count]) => count < 1 || count > 2)).toEqual([]);
  });

  test('build nothing that has none of them', () => {
    expect(report.needless).toEqual([]);
  });

  test('are far fewer builds than one rebuild for each message would have made', () => {
    const made = [...report.builds.values()].reduce((sum, count) => sum + count, 0);
    expect(report.onePerMessage).toBeGreaterThan(15 * made);
  });

  test('are all understood', () => {
    expect(report.deadLetters).toBe(0);
  });
});
