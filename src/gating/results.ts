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
  return [...new Set(wanted)].map((arch) => forArch(result, arch));
};

export const forArch = (result: Result, arch: string): Result =>
  result.arch === arch ? result : { ...result, arch };

/** A run's states may arrive in any order, or twice: its end is what counts, whenever it was heard. */
const stage = (outcome: string): number => (outcome === 'QUEUED' ? 0 : outcome === 'RUNNING' ? 1 : 2);

const laterOfRun = (a: Result, b: Result): Result =>
  (stage(b.outcome) - stage(a.outcome) || b.order - a.order) > 0 ? b : a;

/** One text for several, different for different ones: absent is not empty. */
export const keyOf = (...parts: readonly (string | undefined)[]): string => {
  let key = '';
  for (const part of parts) key += part === undefined ? '-' : `${part.length}:${part}`;
  return key;
};

/** Of each kind that `kindOf` tells apart the newest run's latest state; newest first. */
export const latestOf = (
  results: readonly Result[],
  kindOf: (result: Result) => string,
): readonly Result[] => {
  const latest = new Map<string, Result>();
  for (const [kind, result] of endOfRuns(results, kindOf)) {
    const known = latest.get(kind);
    if (!known || result.order > known.order) latest.set(kind, result);
  }
  return [...latest.values()].sort((a, b) => b.order - a.order);
};

const endOfRuns = (
  results: readonly Result[],
  kindOf: (result: Result) => string,
): readonly (readonly [string, Result])[] => {
  const alone: (readonly [string, Result])[] = [];
  const ofRun = new Map<string, readonly [string, Result]>();
  for (const result of results) {
    const kind = kindOf(result);
    if (result.run === undefined) {
      alone.push([kind, result]);
      continue;
    }
    const key = kind + keyOf(result.run);
    const known = ofRun.get(key);
    ofRun.set(key, [kind, known ? laterOfRun(known[1], result) : result]);
  }
  return [...alone, ...ofRun.values()];
};
