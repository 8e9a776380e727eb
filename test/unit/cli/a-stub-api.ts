/** An API that answers what the test says and remembers what it was asked. */
import { createServer } from 'node:http';

export interface Asked {
  readonly request: string;
  readonly body: unknown;
  /** The Authorization header. */
  readonly authorization: string | undefined;
}

/** By `METHOD /path?query`: a body, or a status with one. */
export type Answers = Readonly<Record<string, unknown>>;

export interface StubApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** An answer with a status other than 200, or text. */
export const answer = (status: number, body: unknown) => ({ $status: status, $body: body });

const statusAndBody = (found: unknown): [number, unknown] =>
  typeof found === 'object' && found !== null && '$status' in found && '$body' in found
    ? [Number(found.$status), found.$body]
    : [200, found];

const next = (found: unknown): unknown => (typeof found === 'function' ? found() : found);

export const aStubApi = async (answers: Answers): Promise<StubApi> => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      const { authorization } = request.headers;
      asked.push({ request: line, body: text === '' ? undefined : JSON.parse(text), authorization });
      const [status, body] =
        line in answers
          ? statusAndBody(next(answers[line]))
          : [404, { error: `no answer for ${line}`, hint: 'a hint' }];
      response.writeHead(status, {
        'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stub listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
