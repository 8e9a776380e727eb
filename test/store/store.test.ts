/** The connection to the store: what columns become, and what happens when it goes away and comes back. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openStore, type Store } from '../../src/store/connect.ts';
import { prepareStore } from '../../src/store/prepare.ts';
import { isStoreAway } from '../../src/store/store-errors.ts';
import { aDatabase, anEmptyDatabase, type TestDatabase } from '../servers/database.ts';
import { rowsOf, silent, until } from './an-environment.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const kept = <T extends { drop?: () => Promise<void>; close?: () => Promise<void> }>(thing: T): T => {
  endings.push(async () => {
    await thing.close?.();
    await thing.drop?.();
  });
  return thing;
};
const aStore = async (): Promise<Store> => {
  const database = kept(await aDatabase());
  return kept(openStore({ connection: database.url, schema: database.schema, log: silent, connections: 4 }));
};

/** A door before the server that can be shut: connections are refused, and those that are open end. It tells what came through. */
const aDoor = async (database: TestDatabase) => {
  const target = new URL(database.url);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let sent = '';
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const door = {
    open: async () => {
      server = createServer((socket) => {
        const inner = connect(Number(target.port), target.hostname);
        for (const each of [socket, inner]) keep(each);
        socket.on('data', (bytes) => {
          sent += bytes.toString('latin1');
        });
        socket.pipe(inner).pipe(socket);
        socket.on('close', () => inner.destroy());
        inner.on('close', () => socket.destroy());
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    },
    shut: async () => {
      const closing = server === undefined ? undefined : once(server, 'close');
      server?.close();
      for (const socket of sockets) socket.destroy();
      await closing;
      server = undefined;
    },
    url: () => Object.assign(new URL(database.url), { hostname: '127.0.0.1', port: String(port) }).href,
    /** To the server. */
    sent: () => sent,
    close: () => door.shut(),
  };
  await door.open();
  return kept(door);
};

describe('a column', () => {
  test('of identities and counts is a number, of times a Date', async () => {
    const store = await aStore();
    const { rows } =
      await sql`select 9007199254740991::bigint as id, timestamptz '2026-11-23T10:00:00Z' as at`.execute(
        store.db,
      );
    expect(rows).toEqual([{ id: Number.MAX_SAFE_INTEGER, at: new Date('2026-11-23T10:00:00Z') }]);
  });

  test('with a number that JavaScript would change is an error', async () => {
    const store = await aStore();
    await expect(sql`select 9007199254740993::bigint as id`.execute(store.db)).rejects.toThrow(/too large/);
  });
});

describe('a transaction', () => {
  test('that meets another one in a deadlock is tried again, and both happen', async () => {
    const store = await aStore();
    await sql`create table pair (id integer primary key, n integer)`.execute(store.db);
    await sql`insert into pair values (1, 0), (2, 0)`.execute(store.db);
    let first = 0;
    const crossing = (a: number, b: number) =>
      store.transaction(async (tx) => {
        await sql`update pair set n = n + 1 where id = ${a}`.execute(tx);
        first += 1;
        await until(() => first >= 2);
        await sql`update pair set n = n + 1 where id = ${b}`.execute(tx);
      });
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    expect(await rowsOf(store, 'pair')).toEqual(
      expect.arrayContaining([
        { id: 1, n: 2 },
        { id: 2, n: 2 },
      ]),
    );
  });

  test('whose statement failed cannot be committed by going on', async () => {
    const store = await aStore();
    const swallowing = store.transaction((tx) =>
      sql`select no_such_column`.execute(tx).catch(() => undefined),
    );
    await expect(swallowing).rejects.toThrow(/current transaction is aborted/);
  });

  test('sends statements that nobody waits for in between without waiting for answers', async () => {
    const database = kept(await aDatabase());
    const door = await aDoor(database);
    const options = { schema: database.schema, log: silent, connections: 1 };
    const [store, other] = [
      kept(openStore({ connection: door.url(), ...options })),
      kept(openStore({ connection: database.url, ...options })),
    ];
    let together: Promise<unknown> = Promise.resolve();
    await other.transaction(async (tx) => {
      await sql`select pg_advisory_xact_lock(1)`.execute(tx);
      together = store.transaction((waiting) =>
        Promise.all([
          sql`select pg_advisory_xact_lock(1)`.execute(waiting),
          sql`select 'the second' as said`.execute(waiting),
        ]),
      );
      await until(() => door.sent().includes('the second'));
    });
    expect(await together).toEqual([
      expect.anything(),
      expect.objectContaining({ rows: [{ said: 'the second' }] }),
    ]);
  });

  test('that sent others behind a statement that fails has done nothing, and its connection goes on', async () => {
    const database = kept(await aDatabase());
    const store = kept(
      openStore({ connection: database.url, schema: database.schema, log: silent, connections: 1 }),
    );
    await sql`create table said (what text)`.execute(store.db);
    const failing = store.transaction((tx) =>
      Promise.all([
        sql`insert into said values ('before')`.execute(tx),
        sql`select no_such_column`.execute(tx),
        sql`insert into said values ('after')`.execute(tx),
      ]),
    );
    await expect(failing).rejects.toThrow(/no_such_column/);
    expect(await rowsOf(store, 'said')).toEqual([]);
  });

  test('whose connection is cut says that the store is away, and the next one works', async () => {
    const store = await aStore();
    const cut = store.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(store.db);
      await sql`select 1`.execute(tx);
    });
    const error: unknown = await cut.catch((caught: unknown) => caught);
    expect(isStoreAway(error)).toBe(true);
    await store.whenAvailable();
    expect(await store.transaction(async () => 'again')).toBe('again');
  });
});

describe('a store that is away', () => {
  test('at the start is waited for, with a visible reason, and migrated when it is there', async () => {
    const database = kept(await anEmptyDatabase());
    const door = await aDoor(database);
    await door.shut();
    const preparing = prepareStore({ connection: door.url(), schema: 'flibs_late', log: silent });
    await door.open();
    const store = kept(await preparing);
    expect(await rowsOf(store, 'inbox')).toEqual([]);
  });

  test('in the middle says for what one waits, and works when it is back', async () => {
    const database = kept(await aDatabase());
    const door = await aDoor(database);
    const store = kept(openStore({ connection: door.url(), schema: database.schema, log: silent }));
    const changes: string[] = [];
    store.onStateChange(() => changes.push(store.state().waiting ?? 'available'));
    await store.transaction(async () => undefined);
    await door.shut();
    const error: unknown = await store.transaction(async () => undefined).catch((caught: unknown) => caught);
    expect(isStoreAway(error)).toBe(true);
    expect(store.state()).toEqual({
      available: false,
      waiting: expect.stringMatching(/^store at 127\.0\.0\.1:\d+\/test_\w+ does not answer: /),
    });
    const waiting = store.whenAvailable();
    await door.open();
    await waiting;
    expect(store.state()).toEqual({ available: true });
    expect(changes.at(-1)).toBe('available');
  });

  test('is found again without anybody waiting for it', async () => {
    const database = kept(await aDatabase());
    const door = await aDoor(database);
    const store = kept(openStore({ connection: door.url(), schema: database.schema, log: silent }));
    await door.shut();
    await store.transaction(async () => undefined).catch(() => undefined);
    expect(store.state().available).toBe(false);
    await door.open();
    await until(() => store.state().available);
  });

  test('is not waited for any longer by who has given up', async () => {
    const database = kept(await aDatabase());
    const door = await aDoor(database);
    await door.shut();
    const store = kept(openStore({ connection: door.url(), schema: database.schema, log: silent }));
    const giveUp = new AbortController();
    const waiting = store.whenAvailable(giveUp.signal);
    giveUp.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  test('because of what waiting does not cure is an error', async () => {
    const database = kept(await aDatabase());
    const wrong = new URL(database.url);
    wrong.pathname = '/no_such_database';
    await expect(prepareStore({ connection: wrong.href, schema: 'flibs_x', log: silent })).rejects.toThrow(
      /no_such_database/,
    );
  });
});
