/**
 * Listens to dist-git's git.receive for the repository and branch of the definitions.
 * Does: asks the definitions-loader to read them anew; images whose folder's git tree changed are nominated there.
 * Says nothing.
 */
import { wantDefinitions } from '../src/flows/defining/definitions.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import type { Settings } from '../src/flows/settings.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { readSourceChanged, sourceChangedTopics } from '../src/nominating/source-changed.ts';
import { type Consumer, subscribe } from '../src/runtime/consumer.ts';

export const sourceChanged = ({ definitions }: Settings): Consumer<unknown, Knowledge> => ({
  name: 'source-changed',
  listensTo: "dist-git's git.receive for the repository and branch of the definitions",
  does: "asks the definitions-loader to read them anew; images whose folder's git tree changed are nominated there",
  says: [],
  knowledge: async (tx) => ({ ...(await readKnowledge(tx)), definitions }),
  subscriptions: [
    subscribe({
      exchange: 'upstream',
      topics: sourceChangedTopics,
      read: readSourceChanged,
      handle: async (flow, { repository, branch, commit }) => {
        flow.log.info({ repository, branch, commit }, 'the definitions are read anew');
        await wantDefinitions(flow);
      },
    }),
  ],
});
