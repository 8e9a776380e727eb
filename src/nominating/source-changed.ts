/**
 * Listens to dist-git: a commit was pushed to where image definitions come from. It is a reason to read them anew;
 * which images changed, their folders' trees tell, never the commit.
 */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageName } from '../../schemas/ids.ts';
import { GitReceive, GitRepository } from '../../schemas/upstream/dist-git.ts';
import { releaseOfBranch } from './fedora-customs.ts';
import { type GitPlace, type Knowledge, releasesOf } from './knowledge.ts';
import { ignored, quote, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';
import { matchesAny } from './topics.ts';

/** A reason to read the definitions now and not at the next round. */
export interface DefinitionsHint {
  /** `container/web`; without namespaces `web`. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

/** Three words before `git`: `io.pagure.prod.pagure.git.receive` tells of pushes to projects, not to dist-git. */
export const sourceChangedTopics: readonly string[] = ['*.*.*.git.receive'];

const isCommit = matchesAny(sourceChangedTopics);

/** Fedora's namespace is `container`; CentOS and Red Hat say `containers`. */
const imageNamespaces: readonly string[] = ['container', 'containers'];

export const readSourceChanged = (
  message: UpstreamMessage,
  knowledge: Knowledge,
): Reading<DefinitionsHint> => {
  if (!isCommit(message.topic)) return ignored('topic not listened to');
  const body = unwrap(message.body);
  const where = read(GitRepository, body);
  if (where.verdict !== 'understood') return where;
  const { repo } = where.as.commit;
  const namespace = where.as.commit.namespace ?? '';
  const repository = namespace === '' ? repo : `${namespace}/${repo}`;
  const place = knowledge.definitions;
  if (place !== undefined && !endsIn(place.url, repository)) {
    return ignored("a commit in another repository than the definitions'");
  }
  if (place === undefined && !imageNamespaces.includes(namespace)) {
    return ignored(`a commit in namespace ${quote(namespace)}: only images' sources count`);
  }
  const pushed = read(GitReceive, body);
  if (pushed.verdict !== 'understood') return pushed;
  const { branch, rev: commit } = pushed.as.commit;
  const hint = { repository, branch: branch.replace(/^refs\/heads\//, ''), commit };
  return place === undefined ? ofAnImage(hint, repo, knowledge) : ofDefinitions(hint, place);
};

/** Servers name repositories by the end of their paths: `https://src.example.org/container/images.git`. */
const endsIn = (url: string, repository: string): boolean =>
  `/${url.replace(/\/+$/, '').replace(/\.git$/, '')}`.endsWith(`/${repository.replace(/\.git$/, '')}`);

/** All folders are in one repository, in whatever namespace. */
const ofDefinitions = (hint: DefinitionsHint, { branch }: GitPlace): Reading<DefinitionsHint> =>
  hint.branch === branch
    ? understood(hint)
    : ignored(`a commit on another branch than the definitions' ${quote(branch)}`);

/** As in dist-git, a repository for each image and a branch for each release: a working copy may follow them. */
const ofAnImage = (hint: DefinitionsHint, repo: string, knowledge: Knowledge): Reading<DefinitionsHint> => {
  const image = read(ImageName, repo, ['commit', 'repo']);
  if (image.verdict !== 'understood') return image;
  if (knowledge.images?.has(image.as) === false)
    return ignored(`no image definition is called ${quote(repo)}`);
  const releases = releasesOf(
    {
      configured: (release: DistroRelease) => release.branch === hint.branch,
      customary: releaseOfBranch(hint.branch),
      what: `branch ${quote(hint.branch)}`,
    },
    knowledge,
  );
  return releases.verdict === 'understood' ? understood(hint) : releases;
};
