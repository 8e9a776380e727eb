/** What a rule is against is left alone by name, and what is upon it is blocked. */
import { expect, test } from '@jest/globals';
import { Rule } from '../../../schemas/files/rule.ts';
import type { CauseKind } from '../../../src/planning/rule-matching.ts';
import { anImage, both, built, has, left, named, offers, openssl, planOf } from './fleet.ts';

const family = [anImage('app', { on: 'runtime' }), anImage('runtime', { on: 'base' }), anImage('base')];
const update = (...kinds: readonly CauseKind[]) => ({
  introduced: has('base', openssl('3.0'), ...both),
  offers: offers(openssl('3.1'), ['x86_64']),
  references: kinds.map((kind) => ({ source: 'openssl', reference: 'FEDORA-1', kind })),
});
const low: CauseKind = { type: 'security', severity: 'low' };
const critical: CauseKind = { type: 'security', severity: 'critical' };
const deny = (given: object): readonly Rule[] => [Rule.parse({ name: 'no', action: 'deny', ...given })];

test('of an image denied by a rule the descendants are blocked', () => {
  const made = planOf(family, { ...update(low), rules: deny({ image: ['runtime'] }) });
  expect(built(made)).toEqual(['base: x86_64']);
  expect(left(made)).toContain('app x86_64: blocked by runtime');
  const [reason] = made.leftAlone.filter(({ image, arch }) => image === 'runtime' && arch === 'x86_64');
  expect(reason?.text).toBe('denied by rule no; otherwise: its parent base is rebuilt');
});

test('rules are for parents as well', () => {
  const made = planOf(family, { ...update(low), rules: deny({ image: ['base'] }) });
  expect(built(made)).toEqual([]);
  expect(left(made)).toContain('app x86_64: blocked by base');
});

test('what is rebuilt because of its parent is judged by what the parent is rebuilt for', () => {
  const rules = deny({ image: ['app'], severity: ['low'] });
  expect(built(planOf(family, { ...update(low), rules }))).toEqual(['base: x86_64', 'runtime: x86_64']);
  expect(built(planOf(family, { ...update(critical), rules }))).toHaveLength(3);
});

test('one cause that is permitted is enough', () => {
  const made = planOf(family, { ...update(low, critical), rules: deny({ severity: ['low'] }) });
  expect(built(made)).toHaveLength(3);
});

test('a tag, which comes with nearly every update, does not hide what the update says', () => {
  const tag: CauseKind = { type: 'unspecified', severity: 'none' };
  const made = planOf(family, { ...update(low, tag), rules: deny({ severity: ['low'] }) });
  expect(built(made)).toEqual([]);
});

test('what no rule allows, where there are rules that allow, is left alone', () => {
  const rules = [Rule.parse({ name: 'yes', action: 'allow', image: ['base'] })];
  const made = planOf(family, { ...update(low), rules });
  expect(built(made)).toEqual(['base: x86_64']);
  const [reason] = made.leftAlone.filter(({ image, arch }) => image === 'runtime' && arch === 'x86_64');
  expect(reason?.text).toBe('no rule allows it; otherwise: its parent base is rebuilt');
});

test('people are kept from it by rules for people only', () => {
  const requested = [{ image: named('app'), reason: { kind: 'by-hand' as const, references: [] } }];
  expect(built(planOf(family, { requested, rules: deny({ image: ['*'] }) }))).toEqual(['app: x86_64 s390x']);
  expect(built(planOf(family, { requested, rules: deny({ image: ['*'], people: true }) }))).toEqual([]);
});
