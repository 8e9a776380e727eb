/** `flibs plan` on facts about exchanged parents, what a person asks for, and rules: docs/freshmaker-comparison.md. */
import { describe, expect, test } from '@jest/globals';
import { Change } from '../../../../schemas/files/change.ts';
import { Inventory } from '../../../../schemas/files/inventory.ts';
import { Rule } from '../../../../schemas/files/rule.ts';
import type { Severity } from '../../../../schemas/nomination.ts';
import type { UpdateType } from '../../../../schemas/update-type.ts';
import { planFiles } from '../../../../src/planning/files/plan-files.ts';
import { built, image, offered, packages } from '../files/an-inventory.ts';
import { answer, batchesOf } from './answer.ts';
import { compared } from './compared.ts';
import { planTranslated } from './translate.ts';

const inScope = (prefix: string): readonly string[] =>
  compared().flatMap(({ id, verdict }) => (id.startsWith(prefix) && verdict !== 'out of scope' ? [id] : []));

describe('a parent is exchanged for its present build', () => {
  const app = 'app-1-1 < rhel-7.9-185: bash-4.2.46-33.el7.x86_64';
  const old = 'rhel-7.9-185: bash-4.2.46-33.el7.x86_64';
  const bash = 'bash-4.2.46-34.el7';
  const facts: Readonly<Record<string, { images: readonly string[]; fixed: string; built: string }>> = {
    'fixed-01': {
      images: [old, `rhel-7.9-188: ${bash}.x86_64`, `rhel-7.9-189: ${bash}.x86_64`, app],
      fixed: bash,
      built: 'app-1 x86_64 on rhel-7.9-189: parent-newer',
    },
    'fixed-04': {
      images: [old, 'rhel-7.9-189: foo-4.2-34.el7.x86_64', app],
      fixed: bash,
      built: 'app-1 x86_64 on rhel-7.9-189: parent-newer',
    },
    'fixed-08': {
      images: [old, `rhel-7.9-190: ${bash}.x86_64`, app],
      fixed: bash,
      built: 'app-1 x86_64 on rhel-7.9-190: parent-newer',
    },
    'fixed-10': {
      images: [old, `rhel-7.10-5: ${bash}.x86_64`, app],
      fixed: bash,
      built: 'rhel-7.9 x86_64 on -: package, app-1 x86_64 on rhel-7.9: inherited',
    },
    'fixed-11': {
      images: [old, `rhel-7.9-190: ${bash}.x86_64 zlib-1-1.x86_64`, app],
      fixed: `${bash} zlib-1-2`,
      built: 'rhel-7.9 x86_64 on -: package, app-1 x86_64 on rhel-7.9: inherited',
    },
    'fixed-12': {
      images: [old, `rhel-7.9-189: ${bash}.x86_64`, 'rhel-7.9-190: bash-4.2.46-33.el7.x86_64', app],
      fixed: bash,
      built: 'rhel-7.9 x86_64 on -: package, app-1 x86_64 on rhel-7.9: inherited',
    },
    'fixed-14': {
      images: [
        'ubi9-9.4-1123: bash-5.1.8-9.el9.x86_64',
        'ubi9-9.4-1200: bash-5.1.8-9.el9.x86_64',
        'dpdk-v4-4 < ubi9-9.4-1123: bash-5.1.8-9.el9.x86_64',
      ],
      fixed: 'bash-6.1.8-10.el9',
      built: 'ubi9-9.4 x86_64 on -: package, dpdk-v4 x86_64 on ubi9-9.4: inherited',
    },
  };

  test.each(Object.entries(facts))('%s', (_, fact) => {
    expect(built(answer(planTranslated(fact))).join(', ')).toBe(fact.built);
  });

  test('each fact in scope is one of these', () => {
    expect(Object.keys(facts)).toEqual(inScope('fixed-'));
  });
});

describe('a person asks for images', () => {
  const images = [
    image('ground'),
    image('a', { on: 'ground' }),
    image('b', { on: 'a' }),
    image('d', { on: 'a' }),
    image('e', { on: 'd' }),
  ];
  const facts: Readonly<Record<string, { asked: readonly string[]; batches: string }>> = {
    'async-01': { asked: ['a'], batches: 'a-1-1 | b-1-1 d-1-1 | e-1-1' },
    'async-03': { asked: ['b', 'd'], batches: 'b-1-1 d-1-1 | e-1-1' },
    'async-05': { asked: ['b', 'd', 'ground'], batches: 'ground-1-1 | a-1-1 | b-1-1 d-1-1 | e-1-1' },
    'async-07': { asked: ['ground', 'e'], batches: 'ground-1-1 | a-1-1 | b-1-1 d-1-1 | e-1-1' },
    'async-08': { asked: ['b', 'e'], batches: 'b-1-1 e-1-1' },
  };

  test.each(Object.entries(facts))('%s', (_, { asked, batches }) => {
    const nominations = [{ kind: 'manual' as const, images: [...asked] }];
    expect(batchesOf(answer({ images, offers: [], nominations, denied: [] }))).toBe(batches);
  });

  test('each fact in scope is one of these', () => {
    expect(Object.keys(facts)).toEqual(inScope('async-'));
  });
});

describe('rules', () => {
  interface Asked {
    readonly image: string;
    readonly severity?: Severity;
    readonly update?: UpdateType;
  }
  const isAllowed = (
    rules: readonly object[],
    { image: name, severity = 'none', update }: Asked,
  ): boolean => {
    const named = rules.map((rule, at) => ({ name: `rule-${at}`, ...rule }));
    const images = [image(name, { rpms: ['zlib-1-1.x86_64'] })];
    const offers = [offered(['zlib-1-2.x86_64'])];
    const nomination = { ...packages('zlib'), severity, ...(update && { updateType: update }) };
    const made = planFiles(
      Inventory.parse({ schemaVersion: 1, images, offers, rules: named }),
      Change.parse({ schemaVersion: 1, nominations: [nomination] }),
    );
    return built(made).length > 0;
  };
  const allow = (criteria: object) => ({ action: 'allow', ...criteria });
  const deny = (criteria: object) => ({ action: 'deny', ...criteria });

  const grave = allow({ update: ['security'], severity: ['critical'] });
  const notLow = [allow({ update: ['security'] }), deny({ severity: ['low'] })];
  const fooOrBar = allow({ image: ['foo*', 'bar*'] });
  const notOne = [fooOrBar, deny({ image: ['foo-7.3'] })];
  const byImpact = [
    allow({ severity: ['moderate', 'important'] }),
    deny({ image: ['foo-*', 'bar-*'], severity: ['low', 'moderate'] }),
  ];
  const judged: readonly (readonly [string, readonly object[], Asked, boolean])[] = [
    ['rule-03', [allow({ image: ['test1'] })], { image: 'test' }, false],
    ['rule-11a', [grave], { image: 'x', update: 'security', severity: 'critical' }, true],
    ['rule-11b', [grave], { image: 'x', update: 'security', severity: 'low' }, false],
    ['rule-14a', notLow, { image: 'x', update: 'security', severity: 'important' }, true],
    ['rule-14b', notLow, { image: 'x', update: 'security', severity: 'low' }, false],
    ['rule-15a', [fooOrBar], { image: 'foo' }, true],
    ['rule-15c', [fooOrBar], { image: 'bar' }, true],
    ['rule-15d', [fooOrBar], { image: 'unknown' }, false],
    ['rule-16a', notOne, { image: 'foo-1' }, true],
    ['rule-16b', notOne, { image: 'foo-7.3' }, false],
    ['rule-16c', notOne, { image: 'unknown-1' }, false],
    ['rule-17a', byImpact, { image: 'foo-bar1', severity: 'moderate' }, false],
    ['rule-17c', byImpact, { image: 'notfoo-bar', severity: 'moderate' }, true],
    ['rule-17g', byImpact, { image: 'foo-bar1', severity: 'important' }, true],
    ['rule-17h', byImpact, { image: 'bar-b', severity: 'important' }, true],
    ['rule-17i', byImpact, { image: 'notfoo-bar', severity: 'important' }, true],
    ['rule-18', [allow({ image: ['x'] }), deny({ image: ['x'], severity: ['low'] })], { image: 'x' }, true],
  ];
  const refused: readonly (readonly [string, object])[] = [
    ['rule-04', { image: ['te(st'] }],
    ['rule-07', { advisory_state: ['SHIPPED_LIVE'] }],
    ['rule-22', { image: [] }],
    ['rule-23', {}],
  ];

  test.each(judged)('%s', (_, rules, asked, expected) => {
    expect(isAllowed(rules, asked)).toBe(expected);
  });

  test.each(refused)('%s is refused', (_, criteria) => {
    expect(Rule.safeParse({ name: 'one', ...allow(criteria) }).success).toBe(false);
  });

  test('each fact in scope is one of these', () => {
    expect([...judged, ...refused].map(([id]) => id).sort()).toEqual([...inScope('rule-')].sort());
  });
});
