/** The HTTP API: routes, their schemas, and who may ask. */
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { uuidv7 } from '../runtime/uuid.ts';
import { demandAccess } from './access.ts';
import { authenticate, usualRates } from './authenticate.ts';
import { type Api, type ApiContext, withZod } from './context.ts';
import { securitySchemes } from './document-route.ts';
import { errorAnswer } from './error-answer.ts';
import { refusal } from './loopback-only.ts';
import { refuseWithoutStore } from './needs-store.ts';
import { adoptionRoutes } from './routes/adoptions.ts';
import { auditRoutes } from './routes/audit.ts';
import { buildRoutes } from './routes/builds.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { gateRoutes } from './routes/gate.ts';
import { imageRoutes } from './routes/images.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { logRoutes } from './routes/logs.ts';
import { pauseRoutes } from './routes/pauses.ts';
import { rebuildRoutes } from './routes/rebuilds.ts';
import { resultRoutes } from './routes/results.ts';
import { statusRoutes } from './routes/status.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { waiverRoutes } from './routes/waivers.ts';
import { whyRoutes } from './routes/why.ts';
import { sendProblem } from './send-problem.ts';
import { auditRequests } from './trail.ts';

const largestRequest = 65_536;
const longestRequest = 30_000;

const documentation = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'flibs',
      description:
        'What the command line of flibs talks to. Anybody who reaches it may read; what changes something needs a token. Errors are problems as RFC 9457 has them, with error and hint beside.',
      version: '1',
    },
    components: { securitySchemes },
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
  tokenRoutes,
  resultRoutes,
  auditRoutes,
  waiverRoutes,
  gateRoutes,
  decisionRoutes,
];

const guard = (server: FastifyInstance, host: string): void => {
  server.addHook('onRequest', (request, reply, done) => {
    const reason = refusal(request.headers, host);
    if (reason === undefined) done();
    else sendProblem(reply, 403, reason);
  });
};

/** What it takes, and what it says of what it does not take. */
const newServer = ({ log }: Pick<ApiContext, 'log'>): FastifyInstance => {
  const server = fastify({
    bodyLimit: largestRequest,
    forceCloseConnections: true,
    genReqId: () => uuidv7(),
    // To receive a request; answers may go on for ever.
    requestTimeout: longestRequest,
    // What is wrong before there is a route.
    frameworkErrors: (error, _, reply) => {
      sendProblem(reply, error.statusCode ?? 400, error.message);
    },
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(errorAnswer(log));
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      404,
      `there is no ${request.method} ${request.url.slice(0, 200)}`,
      'GET /api/v1/openapi.json',
    ),
  );
  // Otherwise text would be taken for a body.
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  return server;
};

/** Ready for `inject`; {@link startApi} listens. `host` is the configured address. */
export const buildApi = async (
  context: ApiContext,
  host: string,
  rates = usualRates,
): Promise<FastifyInstance> => {
  const server = newServer(context);
  auditRequests(server, context);
  guard(server, host);
  refuseWithoutStore(server, context);
  authenticate(server, context, rates);
  demandAccess(server);
  await server.register(swagger, documentation);
  server.after(() => {
    const api: Api = withZod(server);
    for (const add of routes) add(api, context);
    api.get('/api/v1/openapi.json', { schema: { hide: true } }, () => server.swagger());
  });
  await server.ready();
  return server;
};
