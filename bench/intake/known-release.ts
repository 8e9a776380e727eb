/** The one distro release that the instance of the intake bench knows. */
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import type { Settings } from '../../src/flows/settings.ts';
import type { Store } from '../../src/store/connect.ts';
import { instance, topicPrefix } from './site.ts';

/** Only the names of queues come of it here. */
export const settings: Settings = {
  instance,
  topicPrefix,
  candidateRegistry: '127.0.0.1:1/candidates',
  releaseRegistry: '127.0.0.1:1/released',
  rebuild: { quietPeriod: 60, maximum: 600 },
  repositoryInterval: 300,
  reconcileInterval: 3600,
  definitionsInterval: 300,
  worker: { heartbeat: 5, lease: 60 },
  jobLease: 60,
  runTimeout: 600,
  reporters: [],
  observe: false,
  runAttempts: 3,
};

const release = LoadedDistroRelease.parse({
  name: 'F40',
  productVersion: 'fedora-40',
  releasever: '40',
  branch: 'f40',
  arches: ['x86_64'],
  repositories: [],
  koji: { tags: ['f40-updates'] },
});

export const knowOneRelease = (store: Store): Promise<void> =>
  store.transaction(async (tx) => {
    const { id } = await tx
      .insertInto('definitions_revision')
      .values({ fingerprint: 'bench', loaded_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('distro_release')
      .values({
        name: release.name,
        from_revision: id,
        to_revision: null,
        definition: JSON.stringify(release),
      })
      .execute();
  }, 'bench');
