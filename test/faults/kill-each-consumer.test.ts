import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { killAll } from '../e2e/program.ts';
import { aSite, type Site } from '../e2e/site.ts';
import { processesMentioning } from '../servers/processes.ts';
import { consumers, kills } from './kill-plan.ts';
import { calmRun, killedRun, type Run } from './runs.ts';

let site: Site;
let calm: Run;
let killed: Run & { readonly killed: readonly string[] };

beforeAll(async () => {
  site = await aSite(['base', 'runtime', 'webd']);
  calm = await calmRun(site);
  killed = await killedRun(site);
});
afterAll(async () => {
  await killAll();
  await site?.remove();
});

describe('each consumer is a process of its own, and is killed by SIGKILL once in the middle of the flow', () => {
  test('the plan names every consumer there is', () => {
    expect(kills.map(({ consumer }) => consumer).sort()).toEqual([...consumers].sort());
  });

  test('each was killed when it was to be, and started again', () => {
    expect([...killed.killed].sort()).toEqual([...consumers].sort());
  });

  test('the undisturbed run releases three images, and again with the update', () => {
    expect([...calm.releases.keys()].sort()).toEqual([
      'base-40-1',
      'base-40-2',
      'runtime-1.2-1',
      'runtime-1.2-2',
      'webd-2.0-1',
      'webd-2.0-2',
    ]);
  });

  test('the same is released, to the digest', () => {
    expect(killed.releases).toEqual(calm.releases);
  });

  test('each release is announced under one message id', () => {
    expect([...killed.announcements.values()].map((ids) => ids.size)).toEqual(
      Array.from(killed.announcements, () => 1),
    );
    expect([...killed.announcements.keys()].sort()).toEqual([...calm.announcements.keys()].sort());
  });

  test('nothing is left over: no dead letter, nothing put off, nothing unsaid', () => {
    expect(killed.leftOver).toEqual({ deadLetters: [], deferred: [], unsaid: [] });
  });

  test('no process is left', async () => {
    const services = [
      'beam.smp',
      'epmd',
      'postgres',
      'docker-registry',
      'erl_child_setup',
      'inet_gethost',
      'sh',
    ];
    const left = (await processesMentioning(site.directory)).filter(
      ({ program }) => !services.includes(program),
    );
    expect(left).toEqual([]);
  });
});
