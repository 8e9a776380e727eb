/** The HTTP API: routes, their schemas, and who may ask. */
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { type Api, type ApiContext, withZod } from './context.ts';
import { errorAnswer } from './error-answer.ts';
import { refusal } from './loopback-only.ts';
import { refuseWithoutStore } from './needs-store.ts';
import { adoptionRoutes } from './routes/adoptions.ts';
import { buildRoutes } from './routes/builds.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { imageRoutes } from './routes/images.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { logRoutes } from './routes/logs.ts';
import { pauseRoutes } from './routes/pauses.ts';
import { rebuildRoutes } from './routes/rebuilds.ts';
import { statusRoutes } from './routes/status.ts';
import { whyRoutes } from './routes/why.ts';

const largestRequest = 65_536;

const documentation = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'flibs',
      description: 'What the command line of flibs talks to. Errors are {error, hint}.',
      version: '1',
    },
  },
  transform: jsonSchemaTransform,
} as const;

const routes = [
  statusRoutes,
  imageRoutes,
  rebuildRoutes,
  buildRoutes,
  pauseRoutes,
  adoptionRoutes,
  inventoryRoutes,
  logRoutes,
  whyRoutes,
  deadLetterRoutes,
];

const guard = (server: FastifyInstance, host: string): void => {
  server.addHook('onRequest', (request, reply, done) => {
    const reason = refusal(request.headers, host);
    if (reason === undefined) done();
    else reply.code(403).send({ error: reason });
  });
};

/** Ready for `inject`; {@link startApi} listens. `host` is the configured address. */
export const buildApi = async (context: ApiContext, host: string): Promise<FastifyInstance> => {
  const server = fastify({
    bodyLimit: largestRequest,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(errorAnswer(context.log));
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: `there is no ${request.method} ${request.url.slice(0, 200)}`,
      hint: 'GET /api/v1/openapi.json',
    }),
  );
  guard(server, host);
  refuseWithoutStore(server, context);
  await server.register(swagger, documentation);
  server.after(() => {
    const api: Api = withZod(server);
    for (const add of routes) add(api, context);
    api.get('/api/v1/openapi.json', { schema: { hide: true } }, () => server.swagger());
  });
  await server.ready();
  return server;
};
