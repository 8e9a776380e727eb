/**
 * Listens to fedora-image-uploader's published containers that images are built on.
 * Does: writes down which external bases they name.
 * Says content.nominated.
 */
import { ContentNominated } from '../schemas/events/planning.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import { nominate } from '../src/flows/nominating/nominate.ts';
import { basePublishedTopics, readBasePublished } from '../src/nominating/base-published.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { type Consumer, subscribe } from '../src/runtime/consumer.ts';

export const basePublished = (): Consumer<unknown, Knowledge> => ({
  name: 'base-published',
  listensTo: "fedora-image-uploader's published containers that images are built on",
  does: 'writes down which external bases they name',
  says: [ContentNominated],
  knowledge: readKnowledge,
  subscriptions: [
    subscribe({
      exchange: 'upstream',
      topics: basePublishedTopics,
      read: readBasePublished,
      handle: async (flow, nominations) => {
        for (const nomination of nominations) await nominate(flow, nomination);
      },
    }),
  ],
});
