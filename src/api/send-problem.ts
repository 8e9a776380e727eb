/** Every answer that is not what was asked for, in one form. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Problem } from './wire/problem.ts';

const problemOf = (status: number, error: string, hint: string | undefined): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail: hint === undefined ? error : `${error}; ${hint}`,
  error,
  ...(hint === undefined ? {} : { hint }),
});

/** Sends it as RFC 9457 has it; beside it what clients of Greenwave, WaiverDB and ResultsDB read. */
export const sendProblem = (
  reply: FastifyReply,
  status: number,
  error: string,
  hint?: string | undefined,
): FastifyReply =>
  reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      ...problemOf(status, error, hint),
      ...(/^\/api\/v[12]\.0\//.test(reply.request.url) && { message: error }),
    });
