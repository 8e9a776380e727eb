/** Blocks that the product's own statements touch, as PostgreSQL tells of each (EXPLAIN with ANALYZE and BUFFERS). */
import { z } from 'zod';
import { openStore, type Store } from '../../src/store/connect.ts';
import { quietLog } from '../workplace.ts';

/** Every statement is explained as it runs, to whoever sent it. */
const explained = [
  'session_preload_libraries=auto_explain',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_analyze=on',
  'auto_explain.log_buffers=on',
  'auto_explain.log_timing=off',
  'auto_explain.log_format=json',
  'client_min_messages=log',
].flatMap((setting) => ['-c', setting]);

const Explained = z.object({
  'Query Text': z.string(),
  Plan: z.object({ 'Shared Hit Blocks': z.number(), 'Shared Read Blocks': z.number() }),
});

export interface Touched {
  readonly statement: string;
  readonly blocks: number;
}

/** What `work` has each statement touch. */
export const touchedBy = async (
  connectionString: string,
  schema: string,
  work: (store: Store) => Promise<void>,
): Promise<readonly Touched[]> => {
  const connection = { connectionString, options: explained.join(' ') };
  const store = openStore({ connection, schema, log: quietLog(), connections: 1 });
  const touched: Touched[] = [];
  store.pool.on('connect', (client) =>
    client.on('notice', ({ message }) => {
      const json = message?.slice(message.indexOf('{'));
      if (json === undefined || !json.includes('"Plan"')) return;
      const { 'Query Text': statement, Plan: plan } = Explained.parse(JSON.parse(json));
      touched.push({ statement, blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] });
    }),
  );
  try {
    await work(store);
  } finally {
    await store.close();
  }
  return touched;
};
