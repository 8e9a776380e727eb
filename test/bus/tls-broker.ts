/** A broker as Fedora's is: TLS only, and the name in the client's certificate is the user (SASL EXTERNAL). */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startChild } from '../../src/host/child-process.ts';
import { startEpmd } from '../../src/host/epmd.ts';
import { freePort } from '../../src/host/free-port.ts';
import { findRabbitMq } from '../../src/host/rabbitmq-installation.ts';
import { log } from './a-bus.ts';

export interface TlsBroker {
  readonly port: number;
  readonly folder: string;
  /** Path of a file in the folder: `ca.pem`, `worker-1.pem`, `worker-1.key`, `stranger.pem`, ... */
  readonly file: (name: string) => string;
  remove(): Promise<void>;
}

const subjectOf = (name: string): string => `/CN=${name}`;

/** Throw-away certificates: an authority, a server, the user `worker-1` and somebody whom no authority knows. */
const makeCertificates = async (folder: string): Promise<void> => {
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const selfSigned = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...key,
      '-days',
      '2',
      '-subj',
      subjectOf(name),
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  await selfSigned('ca');
  await selfSigned('stranger');
  await writeFile(join(folder, 'names.txt'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const name of ['server', 'worker-1']) {
    await openssl('req', ...key, '-subj', subjectOf(name), '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signing = ['-req', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    await openssl('x509', ...signing, '-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', 'names.txt');
  }
};

const configuration = (port: number, folder: string): string => `[{rabbit, [
  {tcp_listeners, []},
  {ssl_listeners, [{"127.0.0.1", ${port}}]},
  {ssl_options, [{cacertfile, "${folder}/ca.pem"}, {certfile, "${folder}/server.pem"}, {keyfile, "${folder}/server.key"},
                 {verify, verify_peer}, {fail_if_no_peer_cert, true}, {versions, ['tlsv1.3', 'tlsv1.2']}]},
  {auth_mechanisms, ['EXTERNAL']},
  {ssl_cert_login_from, common_name},
  {default_user, <<"worker-1">>},
  {default_pass, <<"unused">>}
]}].
`;

export const aTlsBroker = async (): Promise<TlsBroker> => {
  const folder = await mkdtemp(join(tmpdir(), 'flibs-tls-'));
  await makeCertificates(folder);
  const { server, plugins } = await findRabbitMq();
  const port = await freePort();
  await mkdir(join(folder, 'home'), { mode: 0o700 });
  await writeFile(join(folder, 'rabbitmq.config'), configuration(port, folder));
  await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_auth_mechanism_ssl].\n');
  const epmd = await startEpmd({ directory: folder, log });
  const child = await startChild({
    name: 'RabbitMQ with TLS',
    command: server,
    args: [],
    cwd: folder,
    env: {
      HOME: join(folder, 'home'),
      LANG: 'C.UTF-8',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(epmd.port),
      RABBITMQ_NODENAME: 'flibs@localhost',
      RABBITMQ_DIST_PORT: String(await freePort()),
      RABBITMQ_MNESIA_BASE: join(folder, 'state'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_PLUGINS_DIR: plugins,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.config'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ALLOW_INPUT: '1',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput',
    },
    home: { directory: folder },
    onParentDeath: 'KILL',
    stopSignals: [{ signal: 'SIGTERM', seconds: 20 }],
    log,
  });
  return {
    port,
    folder,
    file: (name) => join(folder, name),
    remove: async () => {
      await child.stop();
      await epmd.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
