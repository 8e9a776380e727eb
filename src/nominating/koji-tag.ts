/** A build that got a tag in Koji, or lost it, as nominations: the only sign of releases that Bodhi does not compose. */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import type { Nomination } from '../../schemas/nomination.ts';
import { KojiTagTarget } from '../../schemas/upstream/koji.ts';
import { SourceBuild } from '../../schemas/upstream/names.ts';
import { releaseOfStableTag } from './fedora-customs.ts';
import { type Knowledge, releasesOf } from './knowledge.ts';
import { ignored, quote, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';

/** Messages of before 2013 have no instance: there was one Koji. */
export const koji = 'primary';

export const nominateKojiTag = (
  message: UpstreamMessage,
  knowledge: Knowledge,
  kind: 'packages' | 'withdrawal',
): Reading<readonly Nomination[]> => {
  const body = unwrap(message.body);
  const target = read(KojiTagTarget, body);
  if (target.verdict !== 'understood') return target;
  const { tag, instance } = target.as;
  if (tag == null) return ignored('the tag was deleted meanwhile');
  const releases = releasesOf(tagMention(tag, instance ?? koji), knowledge);
  if (releases.verdict !== 'understood') return releases;
  const source = read(SourceBuild, body);
  if (source.verdict !== 'understood') return source;
  return understood(
    releases.as.map((distroRelease) => ({
      kind,
      distroRelease,
      sources: [source.as],
      severity: 'none',
      reference: tag,
    })),
  );
};

const tagMention = (tag: string, instance: string) => ({
  configured: ({ koji: configured }: DistroRelease) =>
    configured.instance === instance && configured.tags.includes(tag),
  customary: releaseOfStableTag(tag),
  what: `tag ${quote(tag)} of Koji ${quote(instance)}`,
});
