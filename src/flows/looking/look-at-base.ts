/** The effect of base-watcher: what an external base's name points to, and what is in it, unless that is known. */
import type { Digest } from '../../../schemas/ids.ts';
import { parseReference } from '../../../schemas/pullspec.ts';
import type { Store } from '../../store/connect.ts';
import { isPassing, readArches } from '../contents/read-foreign.ts';
import type { RegistryPort } from '../ports.ts';
import type { BaseFound, BaseLook } from './external-bases.ts';

/** One HEAD where nothing moved. @throws RegistryUnavailable: to be tried again. */
export const lookAtBase = async (
  store: Pick<Store, 'db' | 'transaction'>,
  open: RegistryPort['registry'],
  { pullspec }: BaseLook,
  signal: AbortSignal,
): Promise<BaseFound> => {
  const reference = parseReference(pullspec);
  if (reference === undefined) {
    return {
      kind: 'unreadable',
      error: 'name it registry/repository:tag, or registry/repository@sha256:...',
    };
  }
  const { registry } = open(`${reference.registry}/${reference.repository}`);
  try {
    const head = await registry.headManifest(reference.repository, reference.digest ?? reference.tag);
    if (head === undefined) return { kind: 'unreadable', error: 'its registry has no such image' };
    if (head.digest === (await knownDigest(store, pullspec))) return { kind: 'unchanged' };
    return { kind: 'changed', ...(await readArches(store, registry, reference, signal)) };
  } catch (error) {
    if (signal.aborted || isPassing(error)) throw error;
    return { kind: 'unreadable', error: error instanceof Error ? error.message : String(error) };
  }
};

const knownDigest = async (store: Pick<Store, 'db'>, pullspec: string): Promise<Digest | string | null> => {
  const row = await store.db
    .selectFrom('external_base')
    .select('digest')
    .where('pullspec', '=', pullspec)
    .executeTakeFirst();
  return row?.digest ?? null;
};
