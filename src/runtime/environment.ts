/** What a consumer runs in. Tests wrap the bus, the store and the ports to fail at points of their choice. */
import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Bus } from '../bus/port.ts';
import type { Store } from '../store/connect.ts';
import type { Database } from '../store/database.ts';
import { beganAt } from '../store/dialect.ts';
import type { Wake } from './wake.ts';

export interface Environment<Ports = unknown> {
  readonly bus: Bus;
  readonly store: Store;
  readonly instance: string;
  /** `org.fedoraproject.prod`: what `<prefix>` stands for. */
  readonly topicPrefix: string;
  readonly log: Logger;
  /** What effects reach beyond bus and store: a registry, git, ... */
  readonly ports: Ports;
  /** One a process. */
  readonly wake: Wake;
  /** Moves time forward, for tests: milliseconds that the store's clock is behind. */
  readonly clock?: { readonly aheadMs: number };
}

/** When the transaction began, by the store's clock (ARCHITECTURE rule 12). */
export const readNow = async ({ clock }: Environment, tx: Transaction<Database>): Promise<Date> =>
  new Date((await beganAt(tx)).getTime() + (clock?.aheadMs ?? 0));
