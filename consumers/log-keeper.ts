/**
 * Listens to the log chunks of runs.
 * Does: keeps them until the finished log lies in the registry.
 * Says nothing.
 */
import { LogChunk } from '../schemas/commands/run.ts';
import { dropLog, dropLogTimer, keepChunk } from '../src/flows/dispatching/logs.ts';
import { type Consumer, onCommand, onTimer } from '../src/runtime/consumer.ts';

export const logKeeper = (): Consumer<unknown> => ({
  name: 'log-keeper',
  listensTo: 'the log chunks of runs',
  does: 'keeps them until the finished log lies in the registry',
  says: [],
  subscriptions: [
    onCommand({ key: 'log', body: LogChunk, transient: true }, (flow, chunk) => keepChunk(flow, chunk)),
    onTimer(dropLogTimer, (flow, { key }) => dropLog(flow, key)),
  ],
});
