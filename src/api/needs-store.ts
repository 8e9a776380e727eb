/** While the store is away, or not yet what this flibs needs, what would ask it is answered at once, with the reason. */
import type { FastifyInstance } from 'fastify';
import type { ApiContext } from './context.ts';
import { sendProblem } from './send-problem.ts';

const storeless: readonly string[] = ['/api/v1/status', '/api/v1/openapi.json'];

export const refuseWithoutStore = (server: FastifyInstance, { status }: Pick<ApiContext, 'status'>): void => {
  server.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    const { connected, waiting, since } = status().store;
    // Without an address of its own it is no route, and 404 says so.
    if (connected || url === undefined || storeless.includes(url)) return done();
    sendProblem(
      reply,
      503,
      `the store cannot be asked since ${since}: ${waiting ?? 'it is away'}`,
      '`flibs status` tells what flibs waits for; it goes on by itself when the store answers',
    );
  });
};
