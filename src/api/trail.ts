/** Who asked for what, written into the audit: with what was done, in its transaction, or else right after the answer is known. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Caller } from '../../schemas/caller.ts';
import { insertAudit } from '../store/audit-rows.ts';
import type { Database } from '../store/database.ts';
import { describeError } from '../store/store-errors.ts';
import { isWrite } from './access.ts';
import type { Recorder } from './actions.ts';
import type { ApiContext } from './context.ts';

/** Of a request that is to be found in the audit. */
export interface Trail {
  /** Whose token it is, also one of no use any more. */
  readonly token: Pick<Caller, 'id' | 'name'> | undefined;
  /** Undefined: it is refused. */
  readonly caller: Caller | undefined;
  /** Its row was written in the transaction that did what was asked for. */
  recorded: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nothing is to be written about it. */
    trail: Trail | null;
  }
}

/** Who asks, on a route that `needs` a scope. */
export const callerOf = ({ trail, routeOptions }: FastifyRequest): Caller => {
  if (trail?.caller !== undefined) return trail.caller;
  throw new Error(`${routeOptions.url} does not say that it needs a token`);
};

const valuesOf = (source: unknown, names?: readonly string[]): string[] => {
  if (typeof source !== 'object' || source === null) return [];
  return Object.entries(source)
    .filter(([name]) => names === undefined || names.includes(name))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== undefined && value !== null)
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)));
};

/** What it is about, as the route says: parts of the path, fields of the body. */
const subjectOf = ({ params, body, routeOptions }: FastifyRequest): string | null => {
  const named = [...valuesOf(params), ...valuesOf(body, routeOptions.config.access?.subject ?? [])];
  return named.length === 0 ? null : named.join(' ');
};

const write = (db: Kysely<Database>, request: FastifyRequest, status: number): Promise<void> =>
  insertAudit(db, {
    token: request.trail?.token?.id ?? null,
    who: request.trail?.token?.name ?? null,
    address: request.ip,
    method: request.method,
    route: request.routeOptions.url ?? '',
    subject: subjectOf(request),
    status,
    request_id: request.id,
  });

/** For what is done in a transaction: its row in the audit is committed with it. `status`: of the answer then. */
export const recorderOf =
  (request: FastifyRequest, status = 200): Recorder =>
  async (tx) => {
    await write(tx, request, status);
    if (request.trail !== null) request.trail.recorded = true;
  };

/** What is refused, and what is done outside a transaction, is written before it is answered. */
export const auditRequests = (
  server: FastifyInstance,
  { store, log }: Pick<ApiContext, 'store' | 'log'>,
): void => {
  server.decorateRequest('trail', null);
  server.addHook('onSend', async (request, reply) => {
    const { trail } = request;
    if (trail === null) return;
    const status = reply.statusCode;
    const done = status < 400;
    if (done && (trail.recorded || !isWrite(request.method))) return;
    try {
      await write(store.db, request, status);
    } catch (error) {
      const about = {
        who: trail.token?.name,
        route: request.routeOptions.url,
        status,
        requestId: request.id,
      };
      log.error({ ...about, error: describeError(error) }, 'this could not be written into the audit');
    }
  });
};
