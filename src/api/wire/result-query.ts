/** What ResultsDB v2 may be asked for: its own parameters, and any key of `data`. */
import { z } from 'zod';
import { Outcome } from '../../../schemas/events/releasing.ts';
import type { Instant } from '../../../schemas/instant.ts';
import { readInstant } from '../../gating/instant.ts';
import { quote, type Reading, refused, understood } from '../../nominating/reading.ts';

export interface ResultQuery {
  readonly outcomes: readonly Outcome[];
  readonly groups: readonly string[];
  readonly testCases: readonly string[];
  /** With `*` for anything. */
  readonly testCasesLike: readonly string[];
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** One of the values of each key, whole or with `*` for anything. */
  readonly data: readonly {
    readonly key: string;
    readonly values: readonly string[];
    readonly like: boolean;
  }[];
  readonly oldestFirst: boolean;
  readonly page: number;
  readonly limit: number;
  /** Keys of `data`. */
  readonly distinctOn: readonly string[];
}

/** A parameter that is given twice is a list. */
type Raw = Readonly<Record<string, string | readonly string[]>>;

const own = new Set([
  'outcome',
  'groups',
  'testcases',
  'testcases:like',
  'since',
  'page',
  'limit',
  '_sort',
  '_distinct_on',
  // Of JSONP, which is not spoken here.
  'callback',
  '_',
]);

const mostValues = 100;
const longest = 4096;

export const readResultQuery = (raw: Raw): Reading<ResultQuery> => {
  const lists = new Map(Object.entries(raw).map(([key, value]) => [key, listOf(value)]));
  const tooMuch = [...lists].find(
    ([, values]) => values.length > mostValues || values.some((value) => value.length > longest),
  );
  if (tooMuch) return refused(`${quote(tooMuch[0])}: more than ${mostValues} values, or a very long one`);
  if ([...lists].flat(2).some((text) => text.includes('\0'))) return refused('a parameter holds a NUL');
  const list = (key: string): readonly string[] => lists.get(key) ?? [];
  const outcomes = z.array(Outcome).safeParse(list('outcome').map((text) => text.toUpperCase()));
  if (!outcomes.success) return refused(`outcome: must be of ${Outcome.options.join(', ')}`);
  const page = whole(list('page'), 0, 0, 10_000);
  if (page === undefined) return refused('page: must be a number from 0 to 10000');
  const limit = whole(list('limit'), 20, 1, 1000);
  if (limit === undefined) return refused('limit: must be a number from 1 to 1000');
  const [since, until, ...more] = list('since').map((text) =>
    readInstant(text.replace(/ (?=\d\d:?\d\d$)/, '+')),
  );
  if (
    list('since').length > 0 &&
    (since === undefined || more.length > 0 || (until === undefined && list('since').length > 1))
  )
    return refused('since: must be a time, or two with a comma between, as 2026-12-01T08:00:00');
  const sort = list('_sort')[0] ?? 'desc:submit_time';
  if (sort !== 'asc:submit_time' && sort !== 'desc:submit_time')
    return refused('_sort: must be asc:submit_time or desc:submit_time');
  const data = [...lists].filter(([key, values]) => !own.has(key) && values.length > 0).map(dataFilter);
  const wrong = data.find(({ key }) => key.includes(':'));
  if (wrong) return refused(`${quote(wrong.key)}: the only thing that may follow a key is :like`);
  return understood({
    outcomes: outcomes.data,
    groups: list('groups'),
    testCases: list('testcases'),
    testCasesLike: list('testcases:like'),
    since,
    until,
    data,
    oldestFirst: sort.startsWith('asc'),
    page,
    limit,
    distinctOn: list('_distinct_on'),
  });
};

const listOf = (value: string | readonly string[]): readonly string[] =>
  [value]
    .flat()
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');

const dataFilter = ([name, values]: readonly [string, readonly string[]]) => {
  const like = name.endsWith(':like');
  return { key: like ? name.slice(0, -':like'.length) : name, values, like };
};

const whole = (texts: readonly string[], usual: number, least: number, most: number): number | undefined => {
  const text = texts[0] ?? String(usual);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
};

/** Whether what is asked for can be found without looking at all results. */
export const isNarrow = ({ groups, testCases, testCasesLike, data }: ResultQuery): boolean =>
  groups.length + testCases.length + testCasesLike.length > 0 || data.some(({ like }) => !like);

const Raw = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const asked = (needsNarrow: (query: ResultQuery) => string | undefined) =>
  Raw.superRefine((raw, context) => {
    const reading = readResultQuery(raw);
    const problem = reading.verdict === 'understood' ? needsNarrow(reading.as) : reading.reason;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  }).describe(
    'outcome, groups, testcases, testcases:like, since=from[,until], _sort, page, limit, and any key of data, as it is or with :like and * for anything; values are separated by commas.',
  );

export const ListQuery = asked((query) =>
  query.data.some(({ like }) => like) && !isNarrow(query)
    ? 'a key of data with :like needs testcases, groups or another key of data beside it'
    : undefined,
);

export const LatestQuery = asked((query) =>
  isNarrow(query) ? undefined : 'name testcases, testcases:like, groups or a key of data',
);
