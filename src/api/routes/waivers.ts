/** WaiverDB's interface. */
import { z } from 'zod';
import type { WantedWaiver } from '../../flows/releasing/waivers.ts';
import { changesNothing, needs } from '../access.ts';
import { acts, found, reads, readsOne } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { countWaivers, listWaivers, oneWaiver, waiverJson } from '../queries/waivers.ts';
import { callerOf, recorderOf } from '../trail.ts';
import {
  FilteredWaivers,
  type NewWaiver,
  NewWaivers,
  Waiver,
  WaiverPage,
  WaiverQuery,
} from '../wire/waiver.ts';

const path = '/api/v1.0/waivers/';

/** In one answer of `+filtered` at most so many. */
const mostFiltered = 1000;

const wantedOf = (waiver: NewWaiver): WantedWaiver => ({
  subjectType: waiver.subject?.type ?? waiver.subject_type,
  subjectIdentifier: waiver.subject?.item ?? waiver.subject_identifier,
  testCase: waiver.testcase,
  productVersion: waiver.product_version,
  waived: waiver.waived,
  comment: waiver.comment,
  username: waiver.username,
  scenario: waiver.scenario ?? undefined,
  arch: waiver.arch ?? undefined,
  expires: waiver.expires ? new Date(waiver.expires) : undefined,
  result: waiver.result_id ?? undefined,
});

const making = (api: Api, { actions }: ApiContext): void => {
  const { 200: _, ...problems } = acts(Waiver);
  api.post(
    path,
    {
      config: needs('waivers', 'subject_identifier', 'testcase'),
      schema: {
        summary: 'Forgive test results, or take that back; a list is made whole or not at all',
        body: NewWaivers,
        response: { ...problems, 201: z.union([Waiver, z.array(Waiver)]) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const wanted = (Array.isArray(body) ? body : [body]).map(wantedOf);
      const rows = await actions(recorderOf(request, 201)).recordWaivers(wanted, callerOf(request));
      const made = rows.map(waiverJson);
      return reply.code(201).send(Array.isArray(body) ? made : (made[0] ?? made));
    },
  );
};

const pageAddress = (query: URLSearchParams, page: number): string => {
  const words = new URLSearchParams(query);
  words.set('page', String(page));
  return `${path}?${words}`;
};

const looking = (api: Api, { store }: ApiContext): void => {
  api.get(
    path,
    {
      schema: { summary: 'Waivers, the newest first', querystring: WaiverQuery, response: reads(WaiverPage) },
    },
    async ({ query, originalUrl }) => {
      const { include_obsolete: includeObsolete, page, limit, ...filter } = query;
      const which = { filters: [filter], includeObsolete };
      const [data, count] = await Promise.all([
        listWaivers(store.db, which, { limit, offset: (page - 1) * limit }),
        countWaivers(store.db, which),
      ]);
      const asked = new URL(originalUrl, 'http://any').searchParams;
      const last = Math.max(1, Math.ceil(count / limit));
      const at = (to: number): string => pageAddress(asked, to);
      return {
        data,
        prev: page > 1 ? at(page - 1) : null,
        next: page < last ? at(page + 1) : null,
        first: at(1),
        last: at(last),
      };
    },
  );
  api.get(
    `${path}:id`,
    {
      schema: {
        summary: 'One waiver',
        params: z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) }),
        response: readsOne(Waiver),
      },
    },
    async ({ params: { id } }) => found(await oneWaiver(store.db, id), `waiver ${id}`),
  );
  api.post(
    `${path}+filtered`,
    {
      config: changesNothing,
      schema: {
        summary: 'Waivers that fit any of some filters, the newest first; at most 1000',
        body: FilteredWaivers,
        response: reads(z.object({ data: z.array(Waiver) })),
      },
    },
    async ({ body: { filters, include_obsolete: includeObsolete } }) => ({
      data: await listWaivers(store.db, { filters, includeObsolete }, { limit: mostFiltered }),
    }),
  );
};

export const waiverRoutes = (api: Api, context: ApiContext): void => {
  making(api, context);
  looking(api, context);
};
