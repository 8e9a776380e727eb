/**
 * Listens to nominations of external bases, new definitions, and the clock.
 * Does: looks what external bases' names point to per arch, and what is in them.
 * Says content.nominated.
 */
import { ContentNominated, DefinitionsChanged } from '../schemas/events/planning.ts';
import { BaseLook, baseLooked, lookAtBaseJob, wantBaseLooks } from '../src/flows/looking/external-bases.ts';
import type { BasesPort } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, effect, onFact } from '../src/runtime/consumer.ts';

export const baseWatcher = (settings: Settings): Consumer<BasesPort> => ({
  name: 'base-watcher',
  listensTo: 'nominations of external bases, new definitions, and the clock',
  does: "looks what external bases' names point to per arch, and what is in them",
  says: [ContentNominated],
  onStart: (flow) => wantBaseLooks(flow, 'all'),
  subscriptions: [
    onFact(ContentNominated, async (flow, { bases = [] }) => {
      if (bases.length > 0) await wantBaseLooks(flow, { pullspecs: bases });
    }),
    onFact(DefinitionsChanged, (flow) => wantBaseLooks(flow, 'new')),
  ],
  effects: [
    effect({
      kind: lookAtBaseJob,
      inputs: BaseLook,
      lease: settings.jobLease,
      concurrency: 2,
      run: (look, ports: BasesPort, { signal }) => ports.lookAtBase(look, signal),
      complete: (flow, look, found) => baseLooked(flow, settings, look, found),
    }),
  ],
});
