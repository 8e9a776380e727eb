/** What every route has in common, for OpenAPI: the token it needs, and how it says that it does not do what was asked. */
import type { FastifySchema } from 'fastify';
import type { Scope } from '../../schemas/scopes.ts';
import { Problem } from './wire/problem.ts';

const refusals = { 401: Problem, 403: Problem, 429: Problem } as const;
const refusedBodies = { 413: Problem, 415: Problem } as const;

const problem = {
  description: Problem.description ?? '',
  content: { 'application/problem+json': { schema: Problem } },
} as const;

/** @param scope - that it needs; undefined: none */
export const documented = (
  schema: FastifySchema | undefined,
  scope: Scope | undefined,
  writes: boolean,
): FastifySchema => {
  const answers = {
    ...(typeof schema?.response === 'object' ? schema.response : {}),
    ...(writes ? refusedBodies : {}),
    ...(scope === undefined ? {} : refusals),
  };
  const response = Object.entries(answers).map(([status, answer]) => [
    status,
    answer === Problem ? problem : answer,
  ]);
  const security = scope === undefined ? {} : { security: [{ bearer: [scope] }] };
  return { ...schema, ...security, response: Object.fromEntries(response) };
};

export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token that `flibs token create` made, with the scope that the operation names, or `admin`.',
  },
} as const;
