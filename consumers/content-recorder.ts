/**
 * Listens to arch builds that succeeded.
 * Does: reads the content list that the run left in the registry, and stores what the layer adds and removes.
 * Says content.recorded.
 */
import { ContentList } from '../schemas/content.ts';
import { ArchBuildFinished, ContentRecorded } from '../schemas/events/building.ts';
import type { RegistryPort } from '../src/flows/ports.ts';
import { Recording, recordContent, recordJob, wantContent } from '../src/flows/record-content.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, effect, onFact } from '../src/runtime/consumer.ts';

export const contentRecorder = (settings: Settings): Consumer<RegistryPort> => ({
  name: 'content-recorder',
  listensTo: 'arch builds that succeeded',
  does: 'reads the content list that the run left in the registry, and stores what the layer adds and removes',
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
  ],
});
