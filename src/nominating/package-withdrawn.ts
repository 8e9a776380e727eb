/**
 * Listens to what takes builds back: Koji's untag, and Bodhi's eject and unpush of updates. Whether repositories still
 * list them, and who contains them, is for the planner to see.
 */
import type { Nomination } from '../../schemas/nomination.ts';
import { nominateBodhiUpdate } from './bodhi-update.ts';
import type { Knowledge } from './knowledge.ts';
import { nominateKojiTag } from './koji-tag.ts';
import { ignored, type Reading, type UpstreamMessage } from './reading.ts';
import { matchesAny } from './topics.ts';

/** Bodhi says of an unpush only that it was asked for; what is still listed after it is left alone. */
const bodhiTopics = ['#.bodhi.update.eject', '#.bodhi.update.request.unpush'] as const;

const kojiTopics = ['*.*.*.buildsys.untag'] as const;

export const packageWithdrawnTopics: readonly string[] = [...bodhiTopics, ...kojiTopics];

const isBodhi = matchesAny(bodhiTopics);
const isKoji = matchesAny(kojiTopics);

/** The nominations of a message, one per distro release that it is about. */
export const readPackageWithdrawn = (
  message: UpstreamMessage,
  knowledge: Knowledge,
): Reading<readonly Nomination[]> => {
  if (isBodhi(message.topic)) return nominateBodhiUpdate(message, knowledge, 'withdrawal');
  if (isKoji(message.topic)) return nominateKojiTag(message, knowledge, 'withdrawal');
  return ignored('topic not listened to');
};
