/** Who stands on whom among adopted images: in whatever order they are adopted, the nearest known one is the parent. */
import { sql } from 'kysely';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import { type Arch, type Digest, ManifestDigest } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentOf } from '../contents/content-of.ts';
import { rewriteOn } from '../contents/manifests.ts';

interface Known {
  readonly digest: ManifestDigest;
  readonly image: string;
  readonly arch: Arch;
  readonly chainIds: readonly Digest[];
}

/** Keeps the stacks of a manifest, so that a parent adopted later finds it; and finds those that stand on it now. */
export const knowParents = async (flow: Flow, { digest, image, arch, chainIds }: Known): Promise<void> => {
  await flow.tx
    .updateTable('manifest')
    .set({ stack_ids: [...chainIds] })
    .where('digest', '=', digest)
    .execute();
  const top = chainIds.at(-1);
  if (top === undefined) return;
  const children = await flow.tx
    .selectFrom('manifest')
    .leftJoin('manifest as parent', 'parent.digest', 'manifest.parent_digest')
    .select(['manifest.digest', 'manifest.image', 'manifest.stack_ids', 'parent.chain_id as parent_chain'])
    .where(sql<boolean>`manifest.stack_ids @> array[${top}]::text[]`)
    .where('manifest.arch', '=', arch)
    .where('manifest.image', '!=', image)
    .execute();
  for (const child of children) {
    const depth = (chainId: string | null) =>
      chainId === null ? -1 : (child.stack_ids ?? []).indexOf(chainId);
    // One with the same layers was there before, and is perhaps what this one stands on.
    if (child.stack_ids?.at(-1) === top || depth(child.parent_chain) >= depth(top)) continue;
    const rpms = await contentOf(flow.tx, child.digest);
    await rewriteOn(flow, { digest: ManifestDigest.parse(child.digest), parent: digest, rpms });
    await standOn(flow, child.image);
  }
};

/**
 * Gives the definition of an adopted image the parent that its manifests have, where that is an image here.
 * @returns what it stands on, in words.
 */
export const standOn = async (flow: Flow, image: string): Promise<string> => {
  const row = await flow.tx
    .selectFrom('image')
    .select(['definition', 'from_revision'])
    .where('name', '=', image)
    .where('to_revision', 'is', null)
    .executeTakeFirst();
  const parent = await parentImage(flow, image);
  const words = parent === undefined ? 'on no image that is known' : `on ${parent}`;
  if (row === undefined) return words;
  const definition = ImageDefinition.parse(row.definition);
  if (definition.recipe.kind !== 'adopted') return words;
  const parents = parent === undefined ? [] : [{ kind: 'image', image: parent, edge: 'layer' }];
  await flow.tx
    .updateTable('image')
    .set({ definition: JSON.stringify({ ...definition, parents }) })
    .where('name', '=', image)
    .where('to_revision', 'is', null)
    .execute();
  await flow.tx
    .deleteFrom('image_parent')
    .where('image', '=', image)
    .where('from_revision', '=', row.from_revision)
    .execute();
  if (parent !== undefined) {
    await flow.tx
      .insertInto('image_parent')
      .values({ image, from_revision: row.from_revision, parent, edge: 'layer' })
      .execute();
  }
  return words;
};

/** Of the present manifests; arches of one image stand on one parent. */
const parentImage = async (flow: Flow, image: string): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('current')
    .innerJoin('manifest', 'manifest.digest', 'current.manifest')
    .innerJoin('manifest as parent', 'parent.digest', 'manifest.parent_digest')
    .innerJoin('image', 'image.name', 'parent.image')
    .select('parent.image')
    .where('current.image', '=', image)
    .where('image.to_revision', 'is', null)
    .orderBy('parent.image')
    .limit(1)
    .executeTakeFirst();
  return row?.image;
};
