/**
 * Listens to Bodhi's stable updates and Koji's tags of configured distro releases, and to what takes them back.
 * Does: writes down which source packages they name, and which builds are withdrawn.
 * Says content.nominated.
 */
import { ContentNominated } from '../schemas/events/planning.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import { nominate } from '../src/flows/nominating/nominate.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { packageUpdatedTopics, readPackageUpdated } from '../src/nominating/package-updated.ts';
import { packageWithdrawnTopics, readPackageWithdrawn } from '../src/nominating/package-withdrawn.ts';
import { type Consumer, subscribe } from '../src/runtime/consumer.ts';

export const packageUpdated = (): Consumer<unknown, Knowledge> => ({
  name: 'package-updated',
  listensTo:
    "Bodhi's stable updates and Koji's tags of configured distro releases, and to what takes them back",
  does: 'writes down which source packages they name, and which builds are withdrawn',
  says: [ContentNominated],
  knowledge: readKnowledge,
  atOnce: 12,
  subscriptions: [
    subscribe({
      exchange: 'upstream',
      topics: packageUpdatedTopics,
      read: readPackageUpdated,
      handle: async (flow, nominations) => {
        for (const nomination of nominations) await nominate(flow, nomination);
      },
    }),
    subscribe({
      exchange: 'upstream',
      topics: packageWithdrawnTopics,
      read: readPackageWithdrawn,
      handle: async (flow, nominations) => {
        for (const nomination of nominations) await nominate(flow, nomination);
      },
    }),
  ],
});
