/** What is in a new manifest, as what its layer adds to the parent's and removes from it. */
import { z } from 'zod';
import type { ContentList } from '../../../schemas/content.ts';
import { ContentRecorded } from '../../../schemas/events/building.ts';
import { Arch, ArtifactDigest, ImageName, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { lockNamed } from '../lock.ts';
import { judgeFollowUps } from '../nominating/follow-ups.ts';
import { candidateRepository } from '../registry-paths.ts';
import type { Settings } from '../settings.ts';
import { writeManifest } from './manifests.ts';

export const recordJob = 'record-content';

export const Recording = z.object({
  nvr: Nvr,
  image: ImageName,
  arch: Arch,
  manifestDigest: ManifestDigest,
  contentList: ArtifactDigest,
  repository: z.string(),
});
export type Recording = z.infer<typeof Recording>;

type Finished = Omit<Recording, 'repository'>;

/** Asks for the content list of a newly built manifest. */
export const wantContent = (flow: Flow, settings: Settings, finished: Finished): Promise<void> => {
  const { nvr, image, arch, manifestDigest, contentList } = finished;
  const inputs = {
    nvr,
    image,
    arch,
    manifestDigest,
    contentList,
    repository: candidateRepository(settings, image),
  };
  // A retried arch build may make the same bytes again: looked at again, written once.
  return flow.job({ kind: recordJob, key: `${nvr}.${arch}`, inputs, again: true });
};

/**
 * Writes the content down. A manifest that is known already is not written again: its bytes are its name. What a layer
 * adds can be told only once its parent's content is known, so a child waits for its parent's.
 */
export const recordContent = async (
  flow: Flow,
  settings: Settings,
  recording: Recording,
  list: ContentList,
): Promise<void> => {
  // One at a time up a stack: else a child could look for its parent's content just before that is committed.
  await lockNamed(flow, `content ${list.parent ?? ''}`);
  if (list.parent !== undefined && (await isUnrecorded(flow, list.parent))) return;
  await lockNamed(flow, `content ${recording.manifestDigest}`);
  const inserted = await writeManifest(flow, {
    digest: recording.manifestDigest,
    parent: list.parent,
    image: recording.image,
    arch: recording.arch,
    contentId: list.contentId,
    contentList: recording.contentList,
    chainId: list.chainId,
    rpms: list.rpms,
  });
  const archBuilds = await flow.tx
    .updateTable('arch_build')
    .set({ content_recorded_at: flow.now })
    .where('manifest_digest', '=', recording.manifestDigest)
    .where('content_recorded_at', 'is', null)
    .returning(['id', 'seq'])
    .execute();
  await judgeFollowUps(
    flow,
    archBuilds.map(({ id }) => id),
  );
  for (const archBuild of archBuilds) {
    await flow.say(ContentRecorded, {
      schemaVersion: 1,
      aggregate: { kind: 'archbuild', id: String(archBuild.id), seq: archBuild.seq },
      nvr: recording.nvr,
      image: recording.image,
      arch: recording.arch,
      manifestDigest: recording.manifestDigest,
      rpmCount: list.rpms.length,
    });
  }
  if (inserted) await wantChildren(flow, settings, recording.manifestDigest);
};

/** Ours, and not in the store yet. */
const isUnrecorded = async (flow: Flow, manifest: string): Promise<boolean> => {
  const built = await flow.tx
    .selectFrom('arch_build')
    .leftJoin('manifest', 'manifest.digest', 'arch_build.manifest_digest')
    .select('arch_build.id')
    .where('arch_build.manifest_digest', '=', manifest)
    .where('manifest.digest', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return built !== undefined;
};

/** The lists of children that were looked at too early are looked at again. */
const wantChildren = async (flow: Flow, settings: Settings, manifest: string): Promise<void> => {
  const children = await flow.tx
    .selectFrom('arch_build as child')
    .innerJoin('arch_build as parent', 'parent.id', 'child.parent_arch_build')
    .innerJoin('build', 'build.id', 'child.build')
    .select(['build.nvr', 'child.image', 'child.arch', 'child.manifest_digest', 'child.content_list'])
    .where('parent.manifest_digest', '=', manifest)
    .where('child.state', '=', 'succeeded')
    .where('child.content_recorded_at', 'is', null)
    .orderBy('child.id')
    .execute();
  for (const { nvr, image, arch, manifest_digest, content_list } of children) {
    const finished = { nvr, image, arch, manifestDigest: manifest_digest, contentList: content_list };
    await wantContent(flow, settings, Recording.omit({ repository: true }).parse(finished));
  }
};
