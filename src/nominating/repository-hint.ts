/** Listens to Koji's `repo.done`: a build tag's repository is new, so the release's repositories may be as well. */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import type { DistroReleaseName } from '../../schemas/ids.ts';
import { KojiRepoDone } from '../../schemas/upstream/koji.ts';
import { releaseOfBuildTag } from './fedora-customs.ts';
import { type Knowledge, releasesOf } from './knowledge.ts';
import { koji } from './koji-tag.ts';
import { ignored, quote, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';
import { matchesAny } from './topics.ts';

/** A reason to look at repositories now and not at the next round. It names no package. */
export interface RepositoryHint {
  readonly distroReleases: readonly DistroReleaseName[];
  readonly tag: string;
}

export const repositoryHintTopics: readonly string[] = ['*.*.*.buildsys.repo.done'];

const isHint = matchesAny(repositoryHintTopics);

export const readRepositoryHint = (
  message: UpstreamMessage,
  knowledge: Knowledge,
): Reading<RepositoryHint> => {
  if (!isHint(message.topic)) return ignored('topic not listened to');
  const body = read(KojiRepoDone, unwrap(message.body));
  if (body.verdict !== 'understood') return body;
  const { tag } = body.as;
  const instance = body.as.instance ?? koji;
  const releases = releasesOf(
    {
      configured: ({ koji: configured }: DistroRelease) =>
        configured.instance === instance && configured.buildTags.includes(tag),
      customary: releaseOfBuildTag(tag),
      what: `build tag ${quote(tag)} of Koji ${quote(instance)}`,
    },
    knowledge,
  );
  return releases.verdict === 'understood' ? understood({ distroReleases: releases.as, tag }) : releases;
};
