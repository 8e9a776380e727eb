/** Errors as answers: what a person did wrong is told; what went wrong inside is logged and told in a line. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { Refused } from '../flows/refused.ts';
import { isStoreAway } from '../store/store-errors.ts';
import type { Problem } from './wire/problem.ts';

interface Answer {
  readonly status: number;
  readonly body: Problem;
}

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

const answerTo = (error: FastifyError): Answer => {
  if (error instanceof Refused) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { status: error.refusal === 'not-found' ? 404 : 409, body: { error: error.message, ...hint } };
  }
  const fields = wrongFields(error);
  if (fields !== undefined) {
    return { status: 400, body: { error: fields, hint: 'GET /api/v1/openapi.json says what is allowed' } };
  }
  if (isStoreAway(error)) {
    return {
      status: 503,
      body: { error: 'the store does not answer', hint: 'try again; GET /api/v1/status' },
    };
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return { status, body: { error: error.message } };
  return { status: 500, body: { error: 'flibs failed to answer this', hint: 'its log says why' } };
};

export const errorAnswer =
  (log: Logger) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, body } = answerTo(error);
    const about = { method: request.method, url: request.url, status };
    if (status >= 500) log.error({ ...about, err: error }, 'a request failed');
    else log.debug({ ...about, reason: body.error }, 'a request was refused');
    return reply.code(status).type('application/json').serializer(JSON.stringify).send(body);
  };
