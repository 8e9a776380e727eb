import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Rule } from '../../../schemas/files/rule.ts';
import { closedUntil } from '../../../src/scheduling/closed.ts';

const rule = (given: object): Rule => Rule.parse({ name: 'r', image: ['*'], ...given });
const opensAt = (given: object, now: string): string => {
  const until = closedUntil(rule(given), new Date(now));
  return until === undefined ? 'open' : until.toISOString().replace(':00.000Z', 'Z');
};

describe('a freeze', () => {
  const freeze = { action: 'freeze', from: '2026-12-20T00:00:00+01:00', until: '2027-01-02T00:00:00Z' };

  test.each([
    ['before it', '2026-12-19T22:59:59Z', 'open'],
    ['from its first moment', '2026-12-19T23:00:00Z', '2027-01-02T00:00Z'],
    ['to its last', '2027-01-01T23:59:59Z', '2027-01-02T00:00Z'],
    ['and after', '2027-01-02T00:00:00Z', 'open'],
  ])('%s', (_, now, expected) => {
    expect(opensAt(freeze, now)).toBe(expected);
  });
});

describe('a window', () => {
  // 27 November 2026 is a Friday.
  test.each([
    ['of every day, before it', { from: '01:00', to: '05:00' }, '2026-11-27T00:59:59Z', '2026-11-27T01:00Z'],
    ['within', { from: '01:00', to: '05:00' }, '2026-11-27T01:00:00Z', 'open'],
    ['at its end', { from: '01:00', to: '05:00' }, '2026-11-27T05:00:00Z', '2026-11-28T01:00Z'],
    ['over midnight, after it', { from: '22:00', to: '04:00' }, '2026-11-28T03:59:00Z', 'open'],
    [
      'of a Friday, on Saturday morning',
      { days: ['fri'], from: '22:00', to: '04:00' },
      '2026-11-28T03:00:00Z',
      'open',
    ],
    [
      'of a Friday, on Friday morning',
      { days: ['fri'], from: '22:00', to: '04:00' },
      '2026-11-27T03:00:00Z',
      '2026-11-27T22:00Z',
    ],
    [
      'of a Friday, just after it',
      { days: ['fri'], from: '01:00', to: '04:00' },
      '2026-11-27T04:00:00Z',
      '2026-12-04T01:00Z',
    ],
    [
      'of weekdays, on Saturday',
      { days: ['mon', 'tue'], from: '06:00', to: '07:00' },
      '2026-11-28T12:00:00Z',
      '2026-11-30T06:00Z',
    ],
  ])('%s', (_, given, now, expected) => {
    expect(opensAt({ action: 'window', ...given }, now)).toBe(expected);
  });

  test('is open at the moment at which it says that it opens', () => {
    const time = fc
      .record({ hour: fc.nat(23), minute: fc.nat(59) })
      .map(({ hour, minute }) => [hour, minute].map((part) => String(part).padStart(2, '0')).join(':'));
    const window = fc
      .record({
        from: time,
        to: time,
        days: fc.uniqueArray(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), {
          minLength: 1,
        }),
      })
      .filter(({ from, to }) => from !== to)
      .map((given) => rule({ action: 'window', ...given }));
    const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(window, moment, (given, now) => {
        const opens = closedUntil(given, now);
        if (opens === undefined) return;
        expect(opens.getTime()).toBeGreaterThan(now.getTime());
        expect(closedUntil(given, opens)).toBeUndefined();
      }),
    );
  });
});

test('rules that say whether do not close anything', () => {
  expect(closedUntil(rule({ action: 'deny' }), new Date('2026-11-27T00:00:00Z'))).toBeUndefined();
});
