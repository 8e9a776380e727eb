/** An image as the planner is told of it: its definition, and the baseline that it is set against. */
import type { ImageDefinition } from '../../schemas/files/image.ts';
import { type Arch, ContentId, type ImageName, ManifestDigest, Nvr } from '../../schemas/ids.ts';
import type { Baseline, BaselineArch, ParentOf, PlannableImage } from '../planning/plan-types.ts';
import type { Flow } from '../runtime/consumer.ts';
import { baselineStates } from './baseline.ts';

type Read = Pick<Flow, 'tx'>;

export const plannable = async (read: Read, definition: ImageDefinition): Promise<PlannableImage> => {
  const parentOf = (edge: 'layer' | 'build-only'): ParentOf[] =>
    definition.parents
      .filter((parent) => parent.edge === edge)
      .map((parent) =>
        parent.kind === 'image'
          ? { kind: 'image', image: parent.image }
          : { kind: 'external', pullspec: parent.pullspec },
      );
  return {
    name: definition.name,
    component: definition.component,
    version: definition.version,
    distroRelease: definition.distroRelease,
    arches: definition.arches,
    layerParent: parentOf('layer')[0],
    buildParents: parentOf('build-only'),
    autoRebuild: definition.autoRebuild,
    followsBuildParents: definition.followsBuildParents,
    treeId: definition.treeId,
    sourceTime: definition.sourceTime,
    baseline: await readBaseline(read, definition.name),
  };
};

const readBaseline = async (read: Read, image: ImageName): Promise<Baseline | undefined> => {
  const build = await read.tx
    .selectFrom('build')
    .select(['id', 'nvr', 'tree_id', 'version', 'state'])
    .where('image', '=', image)
    .where('state', 'in', baselineStates)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (build === undefined) return undefined;
  const entries = await read.tx
    .selectFrom('index_entry')
    .leftJoin('manifest', 'manifest.digest', 'index_entry.manifest_digest')
    .select(['index_entry.arch', 'index_entry.manifest_digest', 'index_entry.carried_from'])
    .select(['manifest.content_id', 'manifest.parent_digest'])
    .where('index_entry.build', '=', build.id)
    .execute();
  const arches: Partial<Record<Arch, BaselineArch>> = {};
  for (const entry of entries) {
    arches[entry.arch] = {
      manifestDigest: ManifestDigest.parse(entry.manifest_digest),
      contentId: parsedContentId(entry.content_id),
      parentManifest: entry.parent_digest === null ? undefined : ManifestDigest.parse(entry.parent_digest),
      origin: entry.carried_from === null ? undefined : Nvr.parse(entry.carried_from),
    };
  }
  return {
    nvr: Nvr.parse(build.nvr),
    treeId: build.tree_id,
    version: build.version,
    decided: build.state === 'released',
    arches,
  };
};

const parsedContentId = (text: string | null): ContentId | undefined =>
  text === null ? undefined : ContentId.parse(text);
