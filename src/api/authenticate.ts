/** Lets a request through to a route that needs a scope, or says why not, before its body is read. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Scope } from '../../schemas/scopes.ts';
import type { ApiContext } from './context.ts';
import { identify } from './identify.ts';
import { sendProblem } from './send-problem.ts';
import { newBuckets, type Rate } from './token-bucket.ts';

/** Of each token: a CI system that reports a whole fleet at once, and then for hours. */
const writing: Rate = { burst: 2_000, perSecond: 50 };

/**
 * Of each address without a token that lets it in. It bounds what strangers can have written into the audit and the log;
 * whoever has a token is let in nevertheless, so that nobody can lock out those who share an address with him.
 */
const failing: Rate = { burst: 20, perSecond: 0.2 };

export interface Rates {
  readonly writing: Rate;
  readonly failing: Rate;
}

export const usualRates: Rates = { writing, failing };

const tooOften = (reply: FastifyReply, seconds: number, who: string): FastifyReply => {
  const wait = Math.max(1, Math.ceil(seconds));
  return sendProblem(
    reply.header('retry-after', wait),
    429,
    `${who} asks too often`,
    `try again in ${wait} s, as Retry-After says`,
  );
};

const mayWrite = (scopes: readonly Scope[], needed: Scope): boolean =>
  scopes.includes('admin') || scopes.includes(needed);

export const authenticate = (
  server: FastifyInstance,
  context: Pick<ApiContext, 'store' | 'localTokenHash'>,
  rates: Rates,
): void => {
  const writes = newBuckets(rates.writing);
  const failures = newBuckets(rates.failing);
  server.addHook('onRequest', async (request, reply) => {
    const scope = request.routeOptions.config.access?.scope;
    if (scope === undefined) return;
    const { authorization } = request.headers;
    const identity = await identify(authorization, context);
    if ('refusal' in identity) {
      const wait = failures.take(request.ip);
      if (wait > 0) return tooOften(reply, wait, request.ip);
      request.trail = { token: identity.token, caller: undefined, recorded: false };
      const wrong = authorization === undefined ? '' : ', error="invalid_token"';
      reply.header('www-authenticate', `Bearer realm="flibs"${wrong}`);
      return sendProblem(reply, 401, identity.refusal, identity.hint);
    }
    const { caller } = identity;
    const wait = writes.take(String(caller.id));
    if (wait > 0) return tooOften(reply, wait, caller.name);
    request.trail = { token: caller, caller, recorded: false };
    if (mayWrite(caller.scopes, scope)) return;
    reply.header('www-authenticate', `Bearer realm="flibs", error="insufficient_scope", scope="${scope}"`);
    return sendProblem(
      reply,
      403,
      `the token ${caller.name} lacks the scope ${scope}`,
      `it has ${caller.scopes.join(', ')}; \`flibs token create --scope ${scope}\` makes one that has it`,
    );
  });
};
