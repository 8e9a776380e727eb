/** The effect of repo-watcher: reads a repository's metadata, unless it is what it was when it was last read. */
import { type RepositoryState, readRepository } from '../../repos/read-repository.ts';
import { RepositoryError } from '../../repos/repository-error.ts';
import { uuidv7 } from '../../runtime/uuid.ts';
import type { Store } from '../../store/connect.ts';
import { type Found, type Look, placeOf } from './repositories.ts';
import { stageListing } from './stage-listing.ts';

/**
 * What cannot be read is a finding, not a failure: it is shown, and looked at again soon. What can be is staged in the
 * store as it is read.
 */
export const lookAtRepository = async (
  store: Pick<Store, 'db'>,
  look: Look,
  signal: AbortSignal,
  read: typeof readRepository = readRepository,
): Promise<Found> => {
  const previous = await previousState(store, look);
  const { repository, arch, releasever } = look;
  const staging = await stageListing(store.db, { place: placeOf(look), arch, look: uuidv7() });
  try {
    const reading = await read({ repository, arch, releasever, previous }, { signal, ...staging });
    if (reading.unchanged) return { kind: 'unchanged' };
    const { repomdChecksum, etag, lastModified } = reading;
    return { kind: 'changed', repomdChecksum, etag, lastModified, staged: await staging.finish() };
  } catch (error) {
    if (error instanceof RepositoryError) return { kind: 'unreadable', error: error.message };
    throw error;
  }
};

const previousState = async (store: Pick<Store, 'db'>, look: Look): Promise<RepositoryState | undefined> => {
  const row = await store.db
    .selectFrom('repository_state')
    .selectAll()
    .where('distro_release', '=', look.distroRelease)
    .where('repository', '=', look.repository.id)
    .where('arch', '=', look.arch)
    .executeTakeFirst();
  if (!row?.repomd_checksum) return undefined;
  return {
    repomdChecksum: row.repomd_checksum,
    etag: row.etag ?? undefined,
    lastModified: row.last_modified ?? undefined,
  };
};
