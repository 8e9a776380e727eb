/** Errors as answers: what a person did wrong is told; what went wrong inside is logged and told in a line. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { Refused } from '../flows/refused.ts';
import { isStoreAway } from '../store/store-errors.ts';
import { sendProblem } from './send-problem.ts';

interface Answer {
  readonly status: number;
  readonly error: string;
  readonly hint?: string | undefined;
}

const refusals = { 'not-found': 404, conflict: 409, forbidden: 403 } as const;

/** What fastify itself finds wrong with a request, by its code: in our words. */
const wrongRequests: ReadonlyMap<string, (request: FastifyRequest) => Omit<Answer, 'status'>> = new Map([
  [
    'FST_ERR_CTP_BODY_TOO_LARGE',
    ({ routeOptions }) => ({
      error: `the body is larger than ${routeOptions.bodyLimit} bytes`,
      hint: 'send it in several parts',
    }),
  ],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    ({ headers }) => ({
      error: `a body of type ${JSON.stringify((headers['content-type'] ?? 'none').slice(0, 100))} is not read`,
      hint: 'send JSON, with Content-Type: application/json',
    }),
  ],
]);

/** Each wrong field and what is wrong with it: `body/arches/0: Invalid option`. */
const wrongFields = (error: FastifyError): string | undefined => {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined;
  const where = error.validationContext ?? 'request';
  return error.validation
    .map(
      ({ instancePath, message }) => `${where}${instancePath.replace(/\/$/, '')}: ${message ?? 'is wrong'}`,
    )
    .join('; ');
};

const answerTo = (error: FastifyError, request: FastifyRequest): Answer => {
  if (error instanceof Refused) {
    return { status: refusals[error.refusal], error: error.message, hint: error.hint };
  }
  const fields = wrongFields(error);
  if (fields !== undefined) {
    return { status: 400, error: fields, hint: 'GET /api/v1/openapi.json says what is allowed' };
  }
  if (isStoreAway(error)) {
    return { status: 503, error: 'the store does not answer', hint: 'try again; GET /api/v1/status' };
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return { status, error: error.message, ...wrongRequests.get(error.code)?.(request) };
  return { status: 500, error: 'flibs failed to answer this', hint: 'its log says why' };
};

export const errorAnswer =
  (log: Logger) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, error: what, hint } = answerTo(error, request);
    const about = { method: request.method, url: request.url, status };
    if (status >= 500) log.error({ ...about, err: error }, 'a request failed');
    else log.debug({ ...about, reason: what }, 'a request was refused');
    return sendProblem(reply, status, what, hint);
  };
