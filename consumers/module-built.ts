/**
 * Listens to MBS: modules that are ready.
 * Does: writes down the N:S:V:C; repositories' metadata will tell which RPMs it has.
 * Says content.nominated.
 */
import { ContentNominated } from '../schemas/events/planning.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import { nominate } from '../src/flows/nominating/nominate.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { moduleBuiltTopics, readModuleBuilt } from '../src/nominating/module-built.ts';
import { type Consumer, subscribe } from '../src/runtime/consumer.ts';

export const moduleBuilt = (): Consumer<unknown, Knowledge> => ({
  name: 'module-built',
  listensTo: 'MBS: modules that are ready',
  does: "writes down the N:S:V:C; repositories' metadata will tell which RPMs it has",
  says: [ContentNominated],
  knowledge: readKnowledge,
  atOnce: 12,
  subscriptions: [
    subscribe({
      exchange: 'upstream',
      topics: moduleBuiltTopics,
      read: readModuleBuilt,
      handle: async (flow, nominations) => {
        for (const nomination of nominations) await nominate(flow, nomination);
      },
    }),
  ],
});
