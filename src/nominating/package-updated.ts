/** Listens to Bodhi's stable updates and Koji's tags: an RPM became available, so images may lack it. */
import type { Nomination } from '../../schemas/nomination.ts';
import { nominateBodhiUpdate } from './bodhi-update.ts';
import type { Knowledge } from './knowledge.ts';
import { nominateKojiTag } from './koji-tag.ts';
import { ignored, type Reading, type UpstreamMessage } from './reading.ts';
import { matchesAny } from './topics.ts';

/** Any prefix, so that a private bus is heard as Fedora's is. */
const bodhiTopics = ['#.bodhi.update.complete.stable'] as const;

/** Exactly three words before `buildsys`: `org.centos.prod.cbs.buildsys.tag` is another Koji's. */
const kojiTopics = ['*.*.*.buildsys.tag'] as const;

export const packageUpdatedTopics: readonly string[] = [...bodhiTopics, ...kojiTopics];

const isBodhi = matchesAny(bodhiTopics);
const isKoji = matchesAny(kojiTopics);

/** The nominations of a message, one per distro release that it is about. */
export const readPackageUpdated = (
  message: UpstreamMessage,
  knowledge: Knowledge,
): Reading<readonly Nomination[]> => {
  if (isBodhi(message.topic)) return nominateBodhiUpdate(message, knowledge, 'packages');
  if (isKoji(message.topic)) return nominateKojiTag(message, knowledge, 'packages');
  return ignored('topic not listened to');
};
