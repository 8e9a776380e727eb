import { describe, expect, test } from '@jest/globals';
import { type UrgentBuild, urgencies } from '../../../src/scheduling/urgency.ts';

const aBuild = (id: string, build: Partial<UrgentBuild> = {}): UrgentBuild => ({
  id,
  seconds: 10,
  dependsOn: [],
  severity: 'low',
  byHand: false,
  causes: [],
  ...build,
});

describe('an arch build', () => {
  test('is as severe as the worst of what waits for it, however far below', () => {
    const urgent = urgencies([
      aBuild('base'),
      aBuild('runtime', { dependsOn: ['base'] }),
      aBuild('app', { dependsOn: ['runtime'], severity: 'critical' }),
      aBuild('tool', { dependsOn: ['base'] }),
    ]);
    expect(urgent.get('base')?.severity).toBe('critical');
    expect(urgent.get('runtime')?.severity).toBe('critical');
    expect(urgent.get('tool')?.severity).toBe('low');
  });

  test('does not hand its own severity down to what waits for it', () => {
    const urgent = urgencies([
      aBuild('base', { severity: 'critical' }),
      aBuild('app', { dependsOn: ['base'] }),
    ]);
    expect(urgent.get('app')?.severity).toBe('low');
  });

  test("is a person's where one that waits for it is", () => {
    const urgent = urgencies([aBuild('base'), aBuild('app', { dependsOn: ['base'], byHand: true })]);
    expect(urgent.get('base')?.byHand).toBe(true);
  });

  test('has the longest chain below it as its path', () => {
    const urgent = urgencies([
      aBuild('base'),
      aBuild('app', { dependsOn: ['base'], seconds: 5 }),
      aBuild('both', { dependsOn: ['base', 'app'], seconds: 1 }),
    ]);
    expect([...urgent].map(([id, { path }]) => [id, path]).sort()).toEqual([
      ['app', 6],
      ['base', 16],
      ['both', 1],
    ]);
  });
});
