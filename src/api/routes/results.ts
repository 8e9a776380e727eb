/** ResultsDB v2: what CI systems report to, and what Greenwave and others ask. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TestCaseName } from '../../../schemas/upstream/names.ts';
import { needs } from '../access.ts';
import { creates, found, reads, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { findResult, isTestCase, latestResults, listResults } from '../queries/results.ts';
import { callerOf, recorderOf } from '../trail.ts';
import { LatestResults, Result, ResultPage, ResultRequest } from '../wire/result.ts';
import { LatestQuery, ListQuery, type ResultQuery, readResultQuery } from '../wire/result-query.ts';

const baseOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`;

/** The route has checked it. */
const queryOf = (raw: z.infer<typeof ListQuery>): ResultQuery => {
  const reading = readResultQuery(raw);
  if (reading.verdict === 'understood') return reading.as;
  throw new Error(reading.reason);
};

const page = async (
  { store }: Pick<ApiContext, 'store'>,
  request: FastifyRequest,
  query: ResultQuery,
): Promise<z.infer<typeof ResultPage>> => {
  const base = baseOf(request);
  const { data, isMore } = await listResults(store.db, query, base);
  const [path, search] = request.url.split('?');
  const at = (number: number): string => {
    const asked = new URLSearchParams(search);
    asked.set('page', String(number));
    return `${base}${path}?${asked}`;
  };
  return {
    prev: query.page > 0 ? at(query.page - 1) : null,
    next: isMore ? at(query.page + 1) : null,
    data,
  };
};

export const resultRoutes = (api: Api, { store, actions }: ApiContext): void => {
  api.post(
    '/api/v2.0/results',
    {
      config: needs('results', 'testcase'),
      schema: {
        summary: 'Report a result; one for an image of ours counts for its gate',
        body: ResultRequest,
        response: creates(Result),
      },
    },
    async (request, reply) => {
      const id = await actions(recorderOf(request, 201)).reportResult(request.body, callerOf(request));
      reply.code(201);
      return found(await findResult(store.db, id, baseOf(request)), `result ${id}`);
    },
  );
  api.get(
    '/api/v2.0/results',
    { schema: { summary: 'Results, newest first', querystring: ListQuery, response: reads(ResultPage) } },
    (request) => page({ store }, request, queryOf(request.query)),
  );
  api.get(
    '/api/v2.0/results/latest',
    {
      schema: {
        summary: 'The newest of each test case, and of each combination of values of `_distinct_on`',
        querystring: LatestQuery,
        response: reads(LatestResults),
      },
    },
    async (request) => ({
      data: await latestResults(store.db, queryOf(request.query), baseOf(request)),
    }),
  );
  api.get(
    '/api/v2.0/results/:id',
    {
      schema: {
        summary: 'One result',
        params: z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) }),
        response: readsOne(Result),
      },
    },
    async (request) => {
      const { id } = request.params;
      return found(await findResult(store.db, id, baseOf(request)), `result ${id}`);
    },
  );
  api.get(
    '/api/v2.0/testcases/:name/results',
    {
      schema: {
        summary: 'Results of one test case, newest first',
        params: z.object({ name: TestCaseName }),
        querystring: ListQuery,
        response: readsOne(ResultPage),
      },
    },
    async (request) => {
      const { name } = request.params;
      const known = await isTestCase(store.db, name);
      found(known || undefined, `test case ${name} with results`);
      return page({ store }, request, { ...queryOf(request.query), testCases: [name], testCasesLike: [] });
    },
  );
};
