/**
 * Listens to what asks for the definitions: source-changed, a person's reload, the clock.
 * Does: reads all definitions and distro releases, pushes changed folders to the registry, swaps the revision whole.
 * Says definitions.changed, content.nominated.
 */
import { z } from 'zod';
import { ContentNominated, DefinitionsChanged } from '../schemas/events/planning.ts';
import { loaded, loadJob, wantDefinitions } from '../src/flows/defining/definitions.ts';
import type { DefinitionsPort } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, effect } from '../src/runtime/consumer.ts';

export const definitionsLoader = (settings: Settings): Consumer<DefinitionsPort> => ({
  name: 'definitions-loader',
  listensTo: "what asks for the definitions: source-changed, a person's reload, the clock",
  does: 'reads all definitions and distro releases, pushes changed folders to the registry, swaps the revision whole',
  says: [DefinitionsChanged, ContentNominated],
  onStart: (flow) => wantDefinitions(flow),
  subscriptions: [],
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
