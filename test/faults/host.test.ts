import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { execa } from 'execa';
import pg from 'pg';
import { pino } from 'pino';
import { type Host, type HostPart, startHost } from '../../src/host/host.ts';
import { startPostgres } from '../../src/host/postgres.ts';
import { startRegistry } from '../../src/host/registry.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { listeningAddresses, processesMentioning } from '../servers/processes.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
const toStop: { stop(): Promise<void> }[] = [];

const start = async (...parts: HostPart[]): Promise<Host> => {
  const host = await startHost({
    dataDir,
    log,
    throwAway: true,
    ...(parts.length === 0 ? {} : { parts }),
  });
  toStop.push(host);
  return host;
};

const programsLeft = async (): Promise<readonly string[]> =>
  (await processesMentioning(dataDir)).map(({ program }) => program);

const theUrl = (service: { readonly url: string } | undefined): string => service?.url ?? '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'flibs-host-'));
});

afterEach(async () => {
  await Promise.all(toStop.splice(0).map((one) => one.stop()));
  expect(await programsLeft()).toEqual([]);
  await rm(dataDir, { recursive: true, force: true });
});

describe('a host', () => {
  test('listens on loopback only, and leaves no process when it was stopped', async () => {
    const host = await start();
    const processes = await processesMentioning(dataDir);
    expect(processes.map(({ program }) => program)).toEqual(
      expect.arrayContaining(['beam.smp', 'epmd', 'postgres', 'docker-registry']),
    );
    const addresses = await listeningAddresses(processes.map(({ pid }) => pid));
    expect(addresses.length).toBeGreaterThanOrEqual(4);
    for (const address of addresses) {
      expect(address).toMatch(/^(?:0100007F|00000000000000000000000001000000):/);
    }
    await host.stop();
    expect(await programsLeft()).toEqual([]);
  });

  test('finds its queues, tables and addresses again after a restart', async () => {
    const before = await start();
    await leaveMessage(theUrl(before.rabbitmq));
    await query(theUrl(before.postgres), 'create table kept as select 42 as answer');
    await before.stop();
    const after = await start();
    expect(theUrl(after.rabbitmq)).toBe(theUrl(before.rabbitmq));
    expect(theUrl(after.postgres)).toBe(theUrl(before.postgres));
    expect(after.registry?.address).toBe(before.registry?.address);
    expect(await takeMessage(theUrl(after.rabbitmq))).toBe('still here');
    expect(await query(theUrl(after.postgres), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('killed by SIGKILL leaves no process, and the next one starts where it was', async () => {
    const owner = execa(process.execPath, [join('test', 'faults', 'host-owner.js'), dataDir], {
      reject: false,
      stdout: 'pipe',
    });
    await new Promise((resolve) => owner.stdout.once('data', resolve));
    owner.kill('SIGKILL');
    await owner;
    await waitUntil(async () => ((await programsLeft()).length === 0 ? true : undefined), {
      seconds: 20,
      what: 'the children to go with their owner',
    });
    const host = await start();
    expect(await query(theUrl(host.postgres), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('tells which service ended by itself', async () => {
    const host = await start('registry', 'postgres');
    const registry = (await processesMentioning(dataDir)).find(
      ({ program }) => program === 'docker-registry',
    );
    process.kill(registry?.pid ?? 0, 'SIGKILL');
    const exit = await host.failed;
    expect(exit).toMatchObject({ name: 'registry', expected: false, signal: 'SIGKILL' });
    expect(exit.message).toContain('registry was ended by SIGKILL');
  });

  test('leaves nothing running when one of its services cannot start', async () => {
    await mkdir(join(dataDir, 'postgres', 'cluster'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'cluster', 'PG_VERSION'), '14\n');
    await expect(start('registry', 'postgres')).rejects.toThrow(
      /was made by PostgreSQL 14.*Install PostgreSQL 14/,
    );
    expect(await programsLeft()).toEqual([]);
  });
});

describe('a data directory', () => {
  test('in use is refused, naming the process that has it', async () => {
    await start('registry');
    await expect(start('registry')).rejects.toThrow(`is in use by another flibs, process ${process.pid}.`);
  });

  test('is free again once its owner stopped', async () => {
    const first = await start('registry');
    await first.stop();
    const second = await start('registry');
    expect(second.registry?.address).toBe(first.registry?.address);
  });

  test('of a newer flibs is refused and left as it is', async () => {
    await writeFile(join(dataDir, 'version'), '999\n');
    await expect(start('registry')).rejects.toThrow(/has layout 999 and was written by a newer flibs/);
    expect(await readFile(join(dataDir, 'version'), 'utf8')).toBe('999\n');
  });

  test('below a directory that is closed to others serves PostgreSQL all the same', async () => {
    await chmod(dataDir, 0o700);
    const below = join(dataDir, 'inner');
    const host = await startHost({ dataDir: below, log, throwAway: true, parts: ['postgres'] });
    toStop.push(host);
    expect(await query(theUrl(host.postgres), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a service', () => {
  test('takes another port when its own is in use', async () => {
    const first = await start('registry', 'postgres');
    await first.stop();
    const thieves = await Promise.all([first.registry?.port, first.postgres?.port].map(occupy));
    toStop.push(...thieves);
    const second = await start('registry', 'postgres');
    expect(second.registry?.port).not.toBe(first.registry?.port);
    expect(await query(theUrl(second.postgres), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('starts although its pid file names a living process that is not PostgreSQL', async () => {
    const first = await start('postgres');
    await first.stop();
    const cluster = join(dataDir, 'postgres', 'cluster');
    await writeFile(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n0\n5432\n\n127.0.0.1\n`);
    const second = await start('postgres');
    expect(await query(theUrl(second.postgres), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('ends what an earlier run left behind before it starts', async () => {
    const left = await Promise.all([
      startPostgres({ dataDir, log, throwAway: true }),
      startRegistry({ dataDir, log }),
    ]);
    toStop.push(...left);
    const host = await start('postgres', 'registry');
    for (const exit of await Promise.all(left.map(({ exited }) => exited))) {
      expect(exit.expected).toBe(false);
    }
    expect(await query(theUrl(host.postgres), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('keeps its password from others and out of its arguments', async () => {
    const host = await start('postgres');
    const { password = '' } = host.postgres?.connection ?? {};
    for (const { pid } of await processesMentioning(dataDir)) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password);
    }
    expect(await modeOf(join(dataDir, 'postgres', 'password'))).toBe(0o600);
    await expect(query(theUrl(host.postgres).replace(password, 'wrong'), 'select 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });
});

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const leaveMessage = async (url: string): Promise<void> => {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue('kept', Buffer.from('still here'), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
};

const takeMessage = async (url: string): Promise<string | undefined> => {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createChannel();
  const message = await channel.get('kept', { noAck: true });
  await connection.close();
  return message === false ? undefined : message.content.toString();
};

const occupy = (port: number | undefined): Promise<{ stop(): Promise<void> }> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(port, '127.0.0.1', () =>
      resolve({ stop: () => new Promise((closed) => server.close(() => closed())) }),
    );
  });

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
