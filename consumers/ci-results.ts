/**
 * Listens to CI Messages and ResultsDB's results for container images: others' from upstream, ours among the facts.
 * Does: records those that name an index or a manifest of ours and whose sender may report them.
 * Says result.recorded.
 */

import { ContainerImageTestComplete, ContainerImageTestError } from '../schemas/events/ci.ts';
import { ResultRecorded } from '../schemas/events/releasing.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import { recordResult } from '../src/flows/releasing/results.ts';
import type { Settings } from '../src/flows/settings.ts';
import { ciResultTopics, readCiResult } from '../src/nominating/ci-result.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { onlyAllowed, senderOf } from '../src/nominating/reporters.ts';
import { type Consumer, subscribe } from '../src/runtime/consumer.ts';

/** Whoever may write to a public exchange is believed only as far as `results.reporters` goes. */
const othersResults = ({ reporters }: Pick<Settings, 'reporters'>) =>
  subscribe({
    exchange: 'upstream',
    topics: ciResultTopics,
    read: (message, knowledge: Knowledge) =>
      onlyAllowed(readCiResult(message, knowledge), message, reporters),
    handle: async (flow, found, message) => {
      const { user, topic } = senderOf(message);
      for (const result of found)
        await recordResult(flow, { origin: 'upstream', reporter: user ?? topic }, result);
    },
  });

const ownResults = () =>
  subscribe({
    exchange: 'facts',
    topics: [`<prefix>.${ContainerImageTestComplete.topic}`, `<prefix>.${ContainerImageTestError.topic}`],
    read: readCiResult,
    handle: async (flow, found) => {
      for (const result of found) await recordResult(flow, { origin: 'facts', reporter: 'flibs' }, result);
    },
  });

export const ciResults = (settings: Pick<Settings, 'reporters'>): Consumer<unknown, Knowledge> => ({
  name: 'ci-results',
  listensTo:
    "CI Messages and ResultsDB's results for container images: others' from upstream, ours among the facts",
  does: 'records those that name an index or a manifest of ours and whose sender may report them',
  says: [ResultRecorded],
  knowledge: readKnowledge,
  subscriptions: [othersResults(settings), ownResults()],
});
