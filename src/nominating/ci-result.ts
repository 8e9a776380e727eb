/** Listens to CI Messages of container images and to ResultsDB: a test of one of our candidates has got somewhere. */
import { readCiMessage } from './ci-message.ts';
import type { Knowledge } from './knowledge.ts';
import { ignored, type Reading, type UpstreamMessage } from './reading.ts';
import { readResultsDbResult } from './resultsdb-result.ts';
import type { TestResult } from './test-result.ts';
import { matchesAny } from './topics.ts';

const ciTopics = ['#.container-image.test.*', '#.redhat-container-image.test.*'] as const;
const resultsDbTopics = ['#.resultsdb.result.new'] as const;

export const ciResultTopics: readonly string[] = [...ciTopics, ...resultsDbTopics];

const isCi = matchesAny(ciTopics);
const isResultsDb = matchesAny(resultsDbTopics);

/** One result per arch that the message names. Whether the subject is ours is for the store to say. */
export const readCiResult = (
  message: UpstreamMessage,
  _knowledge: Knowledge,
): Reading<readonly TestResult[]> => {
  if (isCi(message.topic)) return readCiMessage(message);
  if (isResultsDb(message.topic)) return readResultsDbResult(message);
  return ignored('topic not listened to');
};
