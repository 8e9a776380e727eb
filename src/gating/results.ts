/** Which results are about a subject, and which of them are the latest. */
import type { ImageDigests, Result, Subject } from './decision.ts';
import type { SubjectType } from './policy.ts';
import { queriesFor } from './subject-types.ts';

/** Of an image only results for its very digests, each with the arch that it is for; of anything else by its data. */
export const resultsAbout = (
  subject: Subject,
  type: SubjectType,
  results: readonly Result[],
): readonly Result[] => {
  const { image, requiredArches = [] } = subject;
  if (image) return results.flatMap((result) => ofImage(result, image, requiredArches));
  const queries = queriesFor(type, subject.identifier).map((query) => Object.entries(query));
  return results.filter(({ data = {} }) =>
    queries.some((query) =>
      query.every(([key, value]) => Object.hasOwn(data, key) && data[key]?.includes(value) === true),
    ),
  );
};

const ofImage = (
  result: Result,
  { indexDigest, manifests }: ImageDigests,
  requiredArches: readonly string[],
): readonly Result[] => {
  const arches = manifests
    .filter(({ manifestDigest }) => manifestDigest === result.digest)
    .map(({ arch }) => arch);
  if (result.digest === indexDigest) {
    if (result.arch === undefined) return [result];
    arches.push(...requiredArches, ...manifests.map(({ arch }) => arch));
  }
  const wanted = result.arch === undefined ? arches : arches.filter((arch) => arch === result.arch);
  return [...new Set(wanted)].map((arch) => ({ ...result, arch }));
};

/** A run's states may arrive in any order, or twice: its end is what counts, whenever it was heard. */
const stage = (outcome: string): number => (outcome === 'QUEUED' ? 0 : outcome === 'RUNNING' ? 1 : 2);

const laterOfRun = (a: Result, b: Result): Result =>
  (stage(b.outcome) - stage(a.outcome) || b.order - a.order) > 0 ? b : a;

/** Of each kind that `keyOf` tells apart the newest run's latest state; newest first. */
export const latestOf = (
  results: readonly Result[],
  keyOf: (result: Result) => readonly (string | undefined)[],
): readonly Result[] => {
  const ofRun = new Map<string, Result>();
  for (const result of results) {
    const run = result.run === undefined ? ['result', result.id] : ['run', result.run];
    const key = JSON.stringify([...keyOf(result), ...run]);
    const known = ofRun.get(key);
    ofRun.set(key, known ? laterOfRun(known, result) : result);
  }
  const latest = new Map<string, Result>();
  for (const result of ofRun.values()) {
    const key = JSON.stringify(keyOf(result));
    const known = latest.get(key);
    if (!known || result.order > known.order) latest.set(key, result);
  }
  return [...latest.values()].sort((a, b) => b.order - a.order);
};
