/** `node plan-side.js <flibs|bare|what-if|bare-what-if> <store> <schema> <source> <captured>`: one round for each message. */
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openStore } from '../src/store/connect.ts';
import { planBare, readBare } from './plan/bare.ts';
import { asked, planned } from './plan/planning.ts';
import { Captured, Side, type Taken } from './plan/protocol.ts';
import { quietLog } from './workplace.ts';

const [, , sideName, connection = '', schema = '', source = '', file = ''] = process.argv;
const side = Side.parse(sideName);
const store = openStore({ connection, schema, log: quietLog(), connections: 2 });
const captured = side.startsWith('bare')
  ? Captured.parse(JSON.parse(await readFile(file, 'utf8')))
  : undefined;

const act = async (): Promise<void> => {
  if (side === 'what-if') return asked(store, source);
  if (captured === undefined) return planned(store);
  return side === 'bare' ? planBare(store.pool, captured) : readBare(store.pool, captured);
};

process.on('message', async () => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  await act();
  const ms = performance.now() - begun;
  delay.disable();
  const memory = process.resourceUsage().maxRSS / 1024;
  process.send?.({ ms, held: delay.max / 1e6, memory } satisfies Taken);
});
process.on('disconnect', () => void store.close());
process.send?.('ready');
