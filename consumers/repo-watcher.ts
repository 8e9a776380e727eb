/**
 * Listens to nominations, Koji's repo.done, new definitions, and the clock.
 * Does: reads repositories' metadata, where it changed, into offers.
 * Says offers.changed.
 */
import { ContentNominated, DefinitionsChanged, OffersChanged } from '../schemas/events/planning.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import { Look, looked, readJob, wantLook } from '../src/flows/looking/repositories.ts';
import type { RepositoriesPort } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { readRepositoryHint, repositoryHintTopics } from '../src/nominating/repository-hint.ts';
import { type Consumer, effect, onFact, subscribe } from '../src/runtime/consumer.ts';

export const repoWatcher = (settings: Settings): Consumer<RepositoriesPort, Knowledge> => ({
  name: 'repo-watcher',
  listensTo: "nominations, Koji's repo.done, new definitions, and the clock",
  does: "reads repositories' metadata, where it changed, into offers",
  says: [OffersChanged],
  knowledge: readKnowledge,
  onStart: (flow) => wantLook(flow),
  subscriptions: [
    onFact(ContentNominated, async (flow, { distroReleases }) => {
      for (const distroRelease of distroReleases) await wantLook(flow, distroRelease);
    }),
    onFact(DefinitionsChanged, (flow) => wantLook(flow)),
    subscribe({
      exchange: 'upstream',
      topics: repositoryHintTopics,
      read: readRepositoryHint,
      handle: async (flow, { distroReleases }) => {
        for (const distroRelease of distroReleases) await wantLook(flow, distroRelease);
      },
    }),
  ],
  effects: [
    effect({
      kind: readJob,
      inputs: Look,
      lease: settings.jobLease,
      concurrency: 4,
      run: (look, ports: RepositoriesPort, { signal }) => ports.lookAt(look, signal),
      complete: (flow, look, found) => looked(flow, settings, look, found),
    }),
  ],
});
