/**
 * Listens to CI Messages and ResultsDB's results for container images: others' from upstream, ours among the facts.
 * Does: records those that name an index or a manifest of ours.
 * Says result.recorded.
 */

import { ContainerImageTestComplete, ContainerImageTestError } from '../schemas/events/ci.ts';
import { ResultRecorded } from '../schemas/events/releasing.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import { recordResult } from '../src/flows/releasing/results.ts';
import { ciResultTopics, readCiResult } from '../src/nominating/ci-result.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { type Consumer, type ExchangeRole, subscribe } from '../src/runtime/consumer.ts';

const results = (exchange: ExchangeRole, topics: readonly string[]) =>
  subscribe({
    exchange,
    topics,
    read: readCiResult,
    handle: async (flow, found) => {
      for (const result of found) await recordResult(flow, exchange, result);
    },
  });

export const ciResults = (): Consumer<unknown, Knowledge> => ({
  name: 'ci-results',
  listensTo:
    "CI Messages and ResultsDB's results for container images: others' from upstream, ours among the facts",
  does: 'records those that name an index or a manifest of ours',
  says: [ResultRecorded],
  knowledge: readKnowledge,
  subscriptions: [
    results('upstream', ciResultTopics),
    results('facts', [
      `<prefix>.${ContainerImageTestComplete.topic}`,
      `<prefix>.${ContainerImageTestError.topic}`,
    ]),
  ],
});
