/** Starts the API and tells where it listens. */
import type { AddressInfo } from 'node:net';
import type { ApiContext } from './context.ts';
import { buildApi } from './server.ts';

export interface ApiOptions extends ApiContext {
  /** Loopback unless the configuration says otherwise: whoever reaches it may read. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface RunningApi {
  /** `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Ends open answers too; may be called again. */
  stop(): Promise<void>;
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

const urlOf = ({ address, family, port }: AddressInfo): string => {
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${reachable}]` : reachable}:${port}`;
};

/** @throws when the address cannot be had, naming it. */
export const startApi = async ({ host, port, ...context }: ApiOptions): Promise<RunningApi> => {
  const server = await buildApi(context, host);
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the API cannot listen on ${host}:${port} (api.host, api.port): ${why}`, {
      cause: error,
    });
  }
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the API listens on no TCP port');
  const url = urlOf(address);
  context.log.info({ url }, 'the API listens');
  if (!isLoopback(address.address)) {
    context.log.warn(
      { url },
      'the API can be reached from other machines: they may read everything, and tokens travel in the clear',
    );
  }
  return { url, stop: () => server.close() };
};
