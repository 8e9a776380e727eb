/**
 * Listens to git.receive of the definitions, to a person's reload, and to the clock.
 * Does: reads all definitions and distro releases, pushes changed folders to the registry, swaps the revision whole.
 * Says definitions.changed, content.nominated.
 */

import { z } from 'zod';
import { ContentNominated, DefinitionsChanged } from '../schemas/events/planning.ts';
import { loaded, loadJob, wantDefinitions } from '../src/flows/defining/definitions.ts';
import { readKnowledge } from '../src/flows/defining/knowledge.ts';
import type { DefinitionsPort } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import { readSourceChanged, sourceChangedTopics } from '../src/nominating/source-changed.ts';
import { type Consumer, effect, subscribe } from '../src/runtime/consumer.ts';

export const definitionsLoader = (settings: Settings): Consumer<DefinitionsPort, Knowledge> => ({
  name: 'definitions-loader',
  listensTo: "git.receive of the definitions, a person's reload, and the clock",
  does: 'reads all definitions and distro releases, pushes changed folders to the registry, swaps the revision whole',
  says: [DefinitionsChanged, ContentNominated],
  knowledge: readKnowledge,
  onStart: (flow) => wantDefinitions(flow),
  subscriptions: [
    subscribe({
      exchange: 'upstream',
      topics: sourceChangedTopics,
      read: readSourceChanged,
      handle: (flow) => wantDefinitions(flow),
    }),
  ],
  effects: [
    effect({
      kind: loadJob,
      inputs: z.object({}),
      lease: settings.jobLease,
      concurrency: 1,
      run: (_inputs, ports: DefinitionsPort) => ports.loadDefinitions(),
      complete: (flow, _inputs, given) => loaded(flow, settings, given),
    }),
  ],
});
