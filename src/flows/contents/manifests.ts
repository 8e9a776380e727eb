/** Manifests with their content in the store: what each layer adds to the parent's and removes from it. */
import { sql } from 'kysely';
import type { Rpm } from '../../../schemas/content.ts';
import {
  type Arch,
  type ArtifactDigest,
  type ContentId,
  type Digest,
  ManifestDigest,
} from '../../../schemas/ids.ts';
import { introducedBy } from '../../content/introduced.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentOf } from './content-of.ts';

export interface NewManifest {
  readonly digest: ManifestDigest;
  /** The manifest it was built on, whose content is in the store; undefined: none that is known. */
  readonly parent: ManifestDigest | undefined;
  readonly image: string;
  readonly arch: Arch;
  /** Digest of the config for one that flibs did not build. */
  readonly contentId: ContentId;
  /** Undefined for one that flibs did not build. */
  readonly contentList: ArtifactDigest | undefined;
  /** Of all its layers. */
  readonly chainId: Digest | undefined;
  /** All of its content. */
  readonly rpms: readonly Rpm[];
}

/** Writes it down. One that is known is not written again, because its bytes are its name: resolves false. */
export const writeManifest = async (flow: Flow, manifest: NewManifest): Promise<boolean> => {
  const inserted = await flow.tx
    .insertInto('manifest')
    .values({
      digest: manifest.digest,
      parent_digest: manifest.parent ?? null,
      image: manifest.image,
      arch: manifest.arch,
      content_id: manifest.contentId,
      content_list: manifest.contentList ?? null,
      chain_id: manifest.chainId ?? null,
      recorded_at: flow.now,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('digest')
    .executeTakeFirst();
  if (inserted === undefined) return false;
  await writeDifference(flow, manifest);
  return true;
};

/** The same content, told from a nearer parent: what the manifest holds in all does not change. */
export const rewriteOn = async (
  flow: Flow,
  manifest: {
    readonly digest: ManifestDigest;
    readonly parent: ManifestDigest;
    readonly rpms: readonly Rpm[];
  },
): Promise<void> => {
  await flow.tx.deleteFrom('manifest_rpm').where('manifest', '=', manifest.digest).execute();
  await flow.tx
    .updateTable('manifest')
    .set({ parent_digest: manifest.parent })
    .where('digest', '=', manifest.digest)
    .execute();
  await writeDifference(flow, manifest);
};

const writeDifference = async (
  flow: Flow,
  { digest, parent, rpms }: Pick<NewManifest, 'digest' | 'parent' | 'rpms'>,
): Promise<void> => {
  const { added, removed } = introducedBy(rpms, parent === undefined ? [] : await contentOf(flow.tx, parent));
  await writeChanges(flow, digest, added, 'added');
  await writeChanges(flow, digest, removed, 'removed');
};

const writeChanges = async (
  flow: Flow,
  manifest: ManifestDigest,
  rpms: readonly Rpm[],
  change: 'added' | 'removed',
): Promise<void> => {
  if (rpms.length === 0) return;
  const column = <T>(pick: (rpm: Rpm) => T) => rpms.map(pick);
  // Interned in one statement; sorted by the unique key, so that two writers cannot wait for each other.
  await sql`
    with given as (
      select * from unnest(
        ${column((rpm) => rpm.name)}::text[], ${column((rpm) => rpm.epoch)}::int[], ${column((rpm) => rpm.version)}::text[],
        ${column((rpm) => rpm.release)}::text[], ${column((rpm) => rpm.arch)}::text[], ${column((rpm) => rpm.sourceName)}::text[],
        ${column((rpm) => rpm.sourceEvr)}::text[], ${column((rpm) => rpm.module ?? '')}::text[]
      ) as given(name, epoch, version, release, arch, source_name, source_evr, module)
    ), interned as (
      insert into rpm (name, epoch, version, release, arch, source_name, source_evr, module)
      select * from given order by 1, 2, 3, 4, 5, 6, 7, 8
      on conflict (name, epoch, version, release, arch, module, source_name, source_evr) do update set name = excluded.name
      returning id
    )
    insert into manifest_rpm (manifest, rpm, change)
    select ${manifest}, id, ${change} from interned`.execute(flow.tx);
};

export interface ParentByLayers {
  readonly digest: ManifestDigest;
  /** How many of the lowest layers are the parent's. */
  readonly layers: number;
}

/**
 * The known manifest that an image stands on: the one with the most layers among those whose layers are its lowest
 * ones; of several with the same, the newest. One of the same image is no parent but an earlier version.
 */
export const parentByLayers = async (
  read: Pick<Flow, 'tx'>,
  { image, arch, chainIds }: { image: string; arch: Arch; chainIds: readonly Digest[] },
): Promise<ParentByLayers | undefined> => {
  if (chainIds.length === 0) return undefined;
  const found = await read.tx
    .selectFrom('manifest')
    .select(['digest', 'chain_id', 'recorded_at'])
    .where('chain_id', 'in', chainIds)
    .where('arch', '=', arch)
    .where('image', '!=', image)
    .execute();
  const depth = (chainId: string | null) => (chainId === null ? -1 : chainIds.indexOf(chainId));
  const [nearest] = found.sort(
    (a, b) => depth(b.chain_id) - depth(a.chain_id) || b.recorded_at.getTime() - a.recorded_at.getTime(),
  );
  return nearest && { digest: ManifestDigest.parse(nearest.digest), layers: depth(nearest.chain_id) + 1 };
};
