/** How a connection to the broker is made: address, credentials, TLS. */
import { readFile } from 'node:fs/promises';
import { type ChannelModel, connect, credentials, type Options, type SocketOptions } from 'amqplib';
import { coalesceWrites } from './coalesce-writes.ts';

/** PEM files. A certificate with its key is shown to the broker and is the credential: SASL EXTERNAL. */
export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface BusOptions {
  /** `amqp://user:password@host:port/vhost` or `amqps://...`; the vhost is percent-encoded. */
  readonly url: string;
  readonly tls?: TlsFiles | undefined;
  /** Only check that exchanges and queues are there, as fedora-messaging's `passive_declares` does. */
  readonly passiveDeclares: boolean;
  /** Shown in the broker's list of connections. */
  readonly connectionName: string;
  /** Seconds; the broker may ask for less. A `heartbeat` in the URL wins. */
  readonly heartbeat?: number | undefined;
}

/** Milliseconds until a connection attempt counts as failed. */
const connectTimeout = 15_000;
const defaultHeartbeat = 30;

/** Checks what can be checked without the network, and throws an error that names the option. */
export const checkOptions = (options: BusOptions): void => {
  const { protocol } = parsedUrl(options.url);
  const { caFile, certFile, keyFile } = options.tls ?? {};
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new Error('a TLS client certificate needs both its file and its key file');
  }
  if (protocol === 'amqp:' && (caFile ?? certFile) !== undefined) {
    throw new Error('TLS files are given, but the broker URL begins with amqp:// and not with amqps://');
  }
};

/** The broker as people may see it: without user and password. */
export const addressOf = (url: string): string => {
  const { protocol, host, pathname } = parsedUrl(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
};

/** One attempt. Rejects when the broker cannot be reached or does not let us in. */
export const dial = async (options: BusOptions, role: 'consuming' | 'publishing'): Promise<ChannelModel> => {
  const model = await connect(connectOptions(options), {
    noDelay: true,
    keepAlive: true,
    timeout: connectTimeout,
    clientProperties: { product: 'flibs', connection_name: `${options.connectionName} ${role}` },
    ...(await tlsOptions(options.tls)),
  });
  coalesceWrites(model);
  return model;
};

const parsedUrl = (url: string): URL => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The URL itself stays out of the message: it may hold a password.
  if (parsed === undefined || !['amqp:', 'amqps:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new Error(
      'the broker URL must be amqp://host or amqps://host, with user, password, port and /vhost as needed',
    );
  }
  return parsed;
};

const connectOptions = (options: BusOptions): Options.Connect => {
  const url = parsedUrl(options.url);
  const named = url.username !== '' || url.password !== '';
  return {
    protocol: url.protocol.slice(0, -1),
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(named
      ? { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : {}),
    vhost: url.pathname.slice(1),
    heartbeat: Number(url.searchParams.get('heartbeat') ?? options.heartbeat ?? defaultHeartbeat),
  };
};

const tlsOptions = async (tls: TlsFiles = {}): Promise<SocketOptions> => {
  const { caFile, certFile, keyFile } = tls;
  return {
    minVersion: 'TLSv1.2',
    ...(caFile === undefined ? {} : { ca: await readPem(caFile) }),
    ...(certFile === undefined || keyFile === undefined
      ? {}
      : { cert: await readPem(certFile), key: await readPem(keyFile), credentials: credentials.external() }),
  };
};

/** Read anew for each connection, so that renewed certificates are taken up. */
const readPem = async (file: string): Promise<Buffer> =>
  readFile(file).catch((cause: unknown) => {
    throw new Error(`the TLS file ${file} cannot be read`, { cause });
  });
