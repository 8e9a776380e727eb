/** Listens to fedora-image-uploader: a base image was published. Whether it moved is for its registry to say. */
import type { Nomination } from '../../schemas/nomination.ts';
import { ContainerPublished } from '../../schemas/upstream/image-uploader.ts';
import type { Knowledge } from './knowledge.ts';
import { ignored, quote, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';
import { matchesAny } from './topics.ts';

export const basePublishedTopics: readonly string[] = ['#.fedora_image_uploader.published.v1.container'];

const isPublished = matchesAny(basePublishedTopics);

/** One nomination of all the names that our images are built on. */
export const readBasePublished = (
  message: UpstreamMessage,
  knowledge: Knowledge,
): Reading<readonly Nomination[]> => {
  if (!isPublished(message.topic)) return ignored('topic not listened to');
  const body = read(ContainerPublished, unwrap(message.body));
  if (body.verdict !== 'understood') return body;
  const { registries, repository, tags, compose_id } = body.as;
  const named = registries.flatMap((registry) => tags.map((tag) => `${registry}/${repository}:${tag}`));
  const pullspecs = named.filter((pullspec) => knowledge.bases?.has(pullspec) ?? true);
  if (pullspecs.length === 0) return ignored(`no image is built on ${quote(named[0] ?? repository)}`);
  const reference = compose_id ?? `${registries[0] ?? ''}/${repository}`;
  return understood([{ kind: 'base', pullspecs, severity: 'none', reference }]);
};
