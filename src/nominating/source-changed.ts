/** Listens to dist-git: a commit in an image's repository. Whether its folder differs is for the planner to see. */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageName } from '../../schemas/ids.ts';
import type { Nomination } from '../../schemas/nomination.ts';
import { GitNamespace, GitReceive } from '../../schemas/upstream/dist-git.ts';
import { releaseOfBranch } from './fedora-customs.ts';
import { type Knowledge, releasesOf } from './knowledge.ts';
import { ignored, quote, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';
import { matchesAny } from './topics.ts';

/** Three words before `git`: `io.pagure.prod.pagure.git.receive` tells of pushes to projects, not to dist-git. */
export const sourceChangedTopics: readonly string[] = ['*.*.*.git.receive'];

const isCommit = matchesAny(sourceChangedTopics);

/** Fedora's namespace is `container`; CentOS and Red Hat say `containers`. */
const imageNamespaces: readonly string[] = ['container', 'containers'];

export const readSourceChanged = (
  message: UpstreamMessage,
  knowledge: Knowledge,
): Reading<readonly Nomination[]> => {
  if (!isCommit(message.topic)) return ignored('topic not listened to');
  const body = unwrap(message.body);
  const where = read(GitNamespace, body);
  if (where.verdict !== 'understood') return where;
  const namespace = where.as.commit.namespace ?? '';
  if (!imageNamespaces.includes(namespace)) {
    return ignored(`a commit in namespace ${quote(namespace)}: only images' sources count`);
  }
  const commit = read(GitReceive, body);
  return commit.verdict === 'understood' ? nominateImage(commit.as, knowledge) : commit;
};

const nominateImage = ({ commit }: GitReceive, knowledge: Knowledge): Reading<readonly Nomination[]> => {
  const { repo, branch: ref, rev } = commit;
  const image = read(ImageName, repo, ['commit', 'repo']);
  if (image.verdict !== 'understood') return image;
  if (knowledge.images?.has(image.as) === false)
    return ignored(`no image definition is called ${quote(repo)}`);
  const branch = ref.replace(/^refs\/heads\//, '');
  const releases = releasesOf(
    {
      configured: (release: DistroRelease) => release.branch === branch,
      customary: releaseOfBranch(branch),
      what: `branch ${quote(branch)}`,
    },
    knowledge,
  );
  if (releases.verdict !== 'understood') return releases;
  return understood(
    releases.as.map((distroRelease) => ({
      kind: 'sources',
      distroRelease,
      images: [image.as],
      severity: 'none',
      reference: `${image.as}@${rev}`,
    })),
  );
};
