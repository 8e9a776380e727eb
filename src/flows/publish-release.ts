/** The effect of releaser: all arches first, then the tags, each checked against what is wanted now. */
import { Digest, type IndexDigest } from '../../schemas/ids.ts';
import type { RegistryPort, TagsPort } from './ports.ts';
import type { Release } from './release-job.ts';

/** Registries have no compare-and-swap: after so many rounds somebody else moves the tag against us. */
const rounds = 10;

/** Repeatable at any point. @throws Error when the release registry does not show what was put there. */
export const publishRelease = async (release: Release, ports: RegistryPort & TagsPort): Promise<void> => {
  const from = ports.registry(release.from);
  const to = ports.registry(release.to);
  await from.registry.copyImage({
    from: from.repository,
    to: to.repository,
    destination: to.registry,
    digest: release.indexDigest,
  });
  for (const tag of release.tags) await settleTag(release, tag, ports);
};

/** Puts the tag until the registry and the wanted state agree. A newer release may have changed what is wanted. */
const settleTag = async (release: Release, tag: string, ports: RegistryPort & TagsPort): Promise<void> => {
  const { registry, repository } = ports.registry(release.to);
  for (let round = 0; round < rounds; round += 1) {
    const desired = await wanted(release, tag, ports);
    const head = await registry.headManifest(repository, tag);
    if (head?.digest === desired) return;
    await registry.tag(repository, tag, desired);
  }
  throw new Error(`${release.to}:${tag} does not stay where it is put; somebody else moves it`);
};

const wanted = async (release: Release, tag: string, ports: TagsPort): Promise<Digest | IndexDigest> => {
  const desired = await ports.desiredTag(release.to, tag);
  return desired === undefined ? release.indexDigest : Digest.parse(desired);
};
