/** Rules that allow and deny, read as they are written. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Rule } from '../../../schemas/files/rule.ts';
import { globMatches } from '../../../src/planning/glob.ts';
import { denied } from '../../../src/planning/permitted.ts';
import type { CauseKind } from '../../../src/planning/rule-matching.ts';

const rule = (given: object): Rule => Rule.parse({ name: 'r', action: 'deny', ...given });

const web = { image: 'web', distroRelease: 'F40' };
const moderate: CauseKind = { type: 'security', severity: 'moderate' };
const critical: CauseKind = { type: 'security', severity: 'critical' };

const verdict = (rules: readonly Rule[], causes: readonly CauseKind[] = [moderate], byHand = false) => {
  const found = denied(rules, web, causes, byHand);
  return found === undefined ? 'permitted' : (found.rule ?? 'no rule allows it');
};

describe('without a rule that speaks of it, something', () => {
  test('is permitted where there are no rules at all', () => {
    expect(verdict([])).toBe('permitted');
  });

  test('is permitted where the rules only deny', () => {
    expect(verdict([rule({ image: ['other'] })])).toBe('permitted');
  });

  test('is not permitted where there is a rule that allows', () => {
    expect(verdict([rule({ action: 'allow', image: ['other'] })])).toBe('no rule allows it');
  });
});

describe('the criteria of one rule', () => {
  test.each([
    ['all that are given fit', { image: ['web'], severity: ['moderate'] }, 'r'],
    ['one does not', { image: ['web'], severity: ['low'] }, 'permitted'],
    ['one of a list fits', { image: ['db', 'web'] }, 'r'],
    ['the distro release is another', { distroRelease: ['F41'], image: ['web'] }, 'permitted'],
    ['the type is another', { update: ['bugfix', 'enhancement'] }, 'permitted'],
    ['the type is one of them', { update: ['bugfix', 'security'] }, 'r'],
  ])('decide together: %s', (_, criteria, expected) => {
    expect(verdict([rule(criteria)])).toBe(expected);
  });
});

describe('rules', () => {
  test('that deny beat those that allow, in whatever order', () => {
    const rules = [
      rule({ name: 'yes', action: 'allow', image: ['*'] }),
      rule({ name: 'no', image: ['web'] }),
    ];
    expect(verdict(rules)).toBe('no');
    expect(verdict(rules.toReversed())).toBe('no');
  });

  test('keep nothing back that has one permitted cause', () => {
    const rules = [rule({ severity: ['low', 'moderate'] })];
    expect(verdict(rules, [moderate, critical])).toBe('permitted');
    expect(verdict(rules, [moderate, { type: 'bugfix', severity: 'low' }])).toBe('r');
  });

  test('are not for people, unless they say so', () => {
    expect(verdict([rule({ image: ['*'] })], [], true)).toBe('permitted');
    expect(verdict([rule({ image: ['*'], people: true })], [], true)).toBe('r');
  });

  test('that only say when do not say whether', () => {
    const limit = Rule.parse({ name: 'r', action: 'limit', perHour: 1, image: ['*'] });
    expect(verdict([limit])).toBe('permitted');
  });
});

describe('a pattern of images', () => {
  test.each([
    ['web', 'web', true],
    // Not a prefix: Freshmaker's patterns match `web2` as well.
    ['web', 'web2', false],
    ['web', 'my-web', false],
    ['web*', 'web-server', true],
    ['*/web', 'team/web', true],
    ['w?b', 'wab', true],
    ['w?b', 'wb', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b', false],
    ['*', 'anything/at-all', true],
    // No regular expression.
    ['w.b', 'wab', false],
  ])('%s and the image %s: %s', (glob, name, expected) => {
    expect(globMatches(glob, name)).toBe(expected);
  });

  test('of many stars is decided at once', () => {
    expect(globMatches(`${'*a'.repeat(500)}b`, 'a'.repeat(5000))).toBe(false);
  });

  test('fits what it was made from', () => {
    const name = fc.stringMatching(/^[a-c]{0,8}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.array(name), (parts, between) => {
        const filled = parts.reduce((text, part, at) => `${text}${between[at] ?? ''}${part}`);
        expect(globMatches(parts.join('*'), filled)).toBe(true);
      }),
    );
  });
});

describe('refused is a rule', () => {
  test.each([
    ['that names nothing', { action: 'allow' }, 'names nothing; image: ["*"] is everything'],
    ['with a criterion that there is not', { image: ['*'], img: ['web'] }, 'Unrecognized key: "img"'],
    ['with an empty list', { image: [] }, 'Too small'],
    ['with a severity that there is not', { severity: ['moderat'] }, 'Invalid option'],
    ['with a pattern that no image can fit', { image: ['te(st'] }, 'must be the name of an image'],
    ['with an action that there is not', { action: 'denied', image: ['*'] }, 'Invalid'],
    [
      'for a freeze that ends before it begins',
      { action: 'freeze', image: ['*'], from: '2026-12-24T00:00:00Z', until: '2026-12-20T00:00:00Z' },
      'is not after from',
    ],
    [
      'for a window of no length',
      { action: 'window', image: ['*'], from: '10:00', to: '10:00' },
      'is the same as from',
    ],
    [
      'for a window at no time of day',
      { action: 'window', image: ['*'], from: '25:00', to: '10:00' },
      'must be HH:MM',
    ],
    ['for a limit of nothing', { action: 'limit', image: ['*'], perHour: 0 }, 'Too small'],
  ])('%s', (_, given, message) => {
    const { error } = Rule.safeParse({ name: 'r', action: 'deny', ...given });
    expect(error?.message).toContain(JSON.stringify(message).slice(1, -1));
  });
});
