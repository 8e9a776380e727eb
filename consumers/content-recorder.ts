/**
 * Listens to arch builds that succeeded, and to people who have images adopted.
 * Does: reads what is in an image from the registry, and stores what the layer adds and removes.
 * Says content.recorded.
 */
import { ContentList } from '../schemas/content.ts';
import { ArchBuildFinished, ContentRecorded } from '../schemas/events/building.ts';
import { Adoption, adopted, adoptionFailed, adoptJob } from '../src/flows/adopting/adopt.ts';
import { Recording, recordContent, recordJob, wantContent } from '../src/flows/contents/record-content.ts';
import type { AdoptionPort, RegistryPort } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, effect, onFact } from '../src/runtime/consumer.ts';

export const contentRecorder = (settings: Settings): Consumer<RegistryPort & AdoptionPort> => ({
  name: 'content-recorder',
  listensTo: 'arch builds that succeeded, and people who have images adopted',
  does: 'reads what is in an image from the registry, and stores what the layer adds and removes',
  says: [ContentRecorded],
  subscriptions: [
    onFact(ArchBuildFinished, async (flow, finished) => {
      if (finished.outcome === 'succeeded') await wantContent(flow, settings, finished);
    }),
  ],
  effects: [
    effect({
      kind: recordJob,
      inputs: Recording,
      lease: settings.jobLease,
      concurrency: 4,
      run: async (recording, ports: RegistryPort) => {
        const { registry, repository } = ports.registry(recording.repository);
        const bytes = await registry.getArtifact(repository, recording.contentList);
        return ContentList.parse(JSON.parse(bytes.toString('utf8')));
      },
      complete: (flow, recording, list) => recordContent(flow, settings, recording, list),
    }),
    effect({
      kind: adoptJob,
      inputs: Adoption,
      lease: settings.jobLease,
      concurrency: 2,
      // A person waits for the answer.
      maxAttempts: 3,
      run: (adoption, ports: AdoptionPort, { signal }) => ports.readForeign(adoption, signal),
      complete: adopted,
      failed: adoptionFailed,
    }),
  ],
});
