/** What ResultsDB may be asked for. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNarrow, LatestQuery, ListQuery, readResultQuery } from '../../../src/api/wire/result-query.ts';

test('parameters are lists, and those that are not known are keys of data', () => {
  const raw = {
    testcases: 'a, b,',
    'nvr:like': '*-1',
    item: ['x,y', 'z'],
    _sort: 'asc:submit_time',
    _: '17',
  };
  expect(readResultQuery(raw)).toMatchObject({
    as: {
      testCases: ['a', 'b'],
      oldestFirst: true,
      page: 0,
      limit: 20,
      data: [
        { key: 'nvr', values: ['*-1'], like: true },
        { key: 'item', values: ['x', 'y', 'z'], like: false },
      ],
    },
  });
});

test.each([
  ['+02:00', '2026-01-01T10:00:00.000000Z'],
  // What a client means that does not encode the plus.
  [' 02:00', '2026-01-01T10:00:00.000000Z'],
  ['', '2026-01-01T12:00:00.000000Z'],
])('a time with %j behind it is %s', (zone, since) => {
  expect(readResultQuery({ since: `2026-01-01T12:00:00${zone}` })).toMatchObject({ as: { since } });
});

test('whatever is asked for is understood or refused, and what is taken can be found by an index', () => {
  const keys = fc.oneof(
    fc.constantFrom(
      'outcome',
      'since',
      'page',
      'limit',
      '_sort',
      'testcases',
      'item',
      'item:like',
      '_distinct_on',
    ),
    fc.string(),
  );
  const values = fc.oneof(
    fc.string(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.constantFrom('PASSED', '1', '*'),
  );
  fc.assert(
    fc.property(fc.dictionary(keys, values), (raw) => {
      const reading = readResultQuery(raw);
      expect(['understood', 'refused']).toContain(reading.verdict);
      if (reading.verdict !== 'understood') return expect(ListQuery.safeParse(raw).success).toBe(false);
      expect(LatestQuery.safeParse(raw).success).toBe(isNarrow(reading.as));
    }),
  );
});
