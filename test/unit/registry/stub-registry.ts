/** A registry on loopback that answers what a test tells it to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

export interface StubRegistry {
  readonly address: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

export const aStubRegistry = async (
  answer: (request: IncomingMessage, response: ServerResponse, times: number) => void,
): Promise<StubRegistry> => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    asked.push({ method, url, authorization: request.headers.authorization });
    const times = asked.filter((each) => each.method === method && each.url === url).length;
    request.resume().on('end', () => answer(request, response, times));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return {
    address: `127.0.0.1:${bound.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
