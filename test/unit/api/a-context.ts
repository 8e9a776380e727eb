/** What routes work with, without a store: queries find nothing, actions do as told. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { pino } from 'pino';
import type { Actions } from '../../../src/api/actions.ts';
import type { ApiContext } from '../../../src/api/context.ts';
import { newTokenText, tokenHash } from '../../../src/runtime/token-text.ts';
import type { Database } from '../../../src/store/database.ts';

const emptyDatabase = () =>
  new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });

/** What the command line of the same machine would find. */
export const localToken = newTokenText();

const unexpected = (): Promise<never> => Promise.reject(new Error('this action was not expected'));

export const noActions: Actions = {
  buildByHand: unexpected,
  whatIf: unexpected,
  cancelRebuild: unexpected,
  cancelBuild: unexpected,
  retryBuild: unexpected,
  retryDeadLetter: unexpected,
  reloadDefinitions: unexpected,
  reconcile: unexpected,
  pause: unexpected,
  resume: unexpected,
  adopt: unexpected,
  recordWaivers: unexpected,
  reportResult: unexpected,
  createToken: unexpected,
  revokeToken: unexpected,
};

export const aContext = (actions: Partial<Actions> = {}): ApiContext => ({
  store: { db: emptyDatabase() },
  process: '0199a5b0-0000-7000-8000-000000000001',
  workerLease: 60,
  actions: () => ({ ...noActions, ...actions }),
  localTokenHash: tokenHash(localToken),
  status: () => ({
    instance: 'test',
    version: '0.1.0',
    startedAt: '2026-11-23T10:20:30.000Z',
    bus: { connected: true, since: '2026-11-23T10:20:31.000Z' },
    store: { connected: true, since: '2026-11-23T10:20:32.000Z' },
    consumers: [],
  }),
  log: pino({ level: 'silent' }),
});
