/** What flibs makes of any message: each consumer's reader, and reasons for neighbours of what they listen to. */
import type { Nomination } from '../../schemas/nomination.ts';
import { KojiBuildStateChange, kojiBuildStates } from '../../schemas/upstream/koji.ts';
import { basePublishedTopics, readBasePublished } from './base-published.ts';
import { ciResultTopics, readCiResult } from './ci-result.ts';
import type { Knowledge } from './knowledge.ts';
import { moduleBuiltTopics, readModuleBuilt } from './module-built.ts';
import { packageUpdatedTopics, readPackageUpdated } from './package-updated.ts';
import { packageWithdrawnTopics, readPackageWithdrawn } from './package-withdrawn.ts';
import { ignored, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';
import { type RepositoryHint, readRepositoryHint, repositoryHintTopics } from './repository-hint.ts';
import { type DefinitionsHint, readSourceChanged, sourceChangedTopics } from './source-changed.ts';
import type { TestResult } from './test-result.ts';
import { matchesAny, type TopicTest } from './topics.ts';

export type Understood =
  | { readonly kind: 'nomination'; readonly nominations: readonly Nomination[] }
  | { readonly kind: 'repository-hint'; readonly hint: RepositoryHint }
  | { readonly kind: 'definitions-hint'; readonly hint: DefinitionsHint }
  | { readonly kind: 'result'; readonly results: readonly TestResult[] };

type Reader = (message: UpstreamMessage, knowledge: Knowledge) => Reading<Understood>;

const into =
  <T>(
    reader: (message: UpstreamMessage, knowledge: Knowledge) => Reading<T>,
    as: (value: T) => Understood,
  ): Reader =>
  (message, knowledge) => {
    const reading = reader(message, knowledge);
    return reading.verdict === 'understood' ? understood(as(reading.as)) : reading;
  };

const nominating = (
  reader: (message: UpstreamMessage, knowledge: Knowledge) => Reading<readonly Nomination[]>,
) => into(reader, (nominations) => ({ kind: 'nomination', nominations }));

const buildChanged: Reader = (message) => {
  const change = read(KojiBuildStateChange, unwrap(message.body));
  return change.verdict === 'understood'
    ? ignored(`a build in state ${kojiBuildStates[change.as.new]}: builds count once they are tagged`)
    : change;
};

const always =
  (reason: string): Reader =>
  () =>
    ignored(reason);

const readers: readonly (readonly [TopicTest, Reader])[] = [
  [matchesAny(packageUpdatedTopics), nominating(readPackageUpdated)],
  [matchesAny(packageWithdrawnTopics), nominating(readPackageWithdrawn)],
  [matchesAny(moduleBuiltTopics), nominating(readModuleBuilt)],
  [matchesAny(sourceChangedTopics), into(readSourceChanged, (hint) => ({ kind: 'definitions-hint', hint }))],
  [matchesAny(basePublishedTopics), nominating(readBasePublished)],
  [matchesAny(repositoryHintTopics), into(readRepositoryHint, (hint) => ({ kind: 'repository-hint', hint }))],
  [matchesAny(ciResultTopics), into(readCiResult, (results) => ({ kind: 'result', results }))],
  [matchesAny(['*.*.*.buildsys.build.state.change']), buildChanged],
  [
    matchesAny(['#.bodhi.update.complete.testing']),
    always('a testing update: updates count once they are stable'),
  ],
  [matchesAny(['#.ci.#.test.*']), always('a test of something else than a container image')],
];

/** Pure: the same message and knowledge give the same reading. */
export const interpret = (message: UpstreamMessage, knowledge: Knowledge): Reading<Understood> => {
  for (const [matches, reader] of readers) if (matches(message.topic)) return reader(message, knowledge);
  return ignored('topic not listened to');
};
