/**
 * Who may call a route is declared with it: `config: needs('rebuilds')`, or `config: changesNothing` for a POST that only
 * asks. A route that writes without a word of that is not added, and OpenAPI says of each what it needs.
 */
import type { FastifyInstance } from 'fastify';
import type { Scope } from '../../schemas/scopes.ts';
import { documented } from './document-route.ts';

/** What a route needs. */
export interface Access {
  /** Undefined: nothing. */
  readonly scope: Scope | undefined;
  /** Fields of the body that say what it is about, for the audit; parts of the path always do. */
  readonly subject: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** A route for those whose token has this scope, or `admin`. `subject`: see {@link Access}. */
export const needs = (scope: Scope, ...subject: readonly string[]): { access: Access } => ({
  access: { scope, subject },
});

/** A POST that anybody may send. */
export const changesNothing: { access: Access } = { access: { scope: undefined, subject: [] } };

const reading: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export const isWrite = (method: string): boolean => !reading.includes(method);

/** Holds for the routes that are added afterwards. */
export const demandAccess = (server: FastifyInstance): void => {
  server.addHook('onRoute', (route) => {
    const writes = [route.method].flat().some(isWrite);
    const access = route.config?.access;
    if (access === undefined && writes) {
      throw new Error(
        `${String(route.method)} ${route.url} may change something and does not say who may: needs(scope), or changesNothing`,
      );
    }
    route.schema = documented(route.schema, access?.scope, writes);
  });
};
