/** The effect of releaser: all arches first, then the tags, each checked against what is wanted now. */
import type { RegistryPort, TagsPort } from '../ports.ts';
import type { Release } from './release-job.ts';
import { settleTag } from './settle-tag.ts';

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
  for (const name of release.tags) {
    await settleTag({ repository: release.to, name, desired: release.indexDigest }, ports);
  }
};
