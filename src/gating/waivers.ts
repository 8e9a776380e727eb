/** Which waivers are in force, and what they forgive. */
import type { Instant } from '../../schemas/instant.ts';
import type { FileProblem, Requirement, Subject, TestRequirement, Waiver } from './decision.ts';
import type { SubjectType } from './policy.ts';
import { isOfType } from './subject-types.ts';

/** All that tells waivers apart: a later one replaces, or takes back, only what has the same. */
const keyOf = (waiver: Waiver): string =>
  JSON.stringify([
    waiver.subjectIdentifier,
    waiver.testCase,
    waiver.productVersion,
    waiver.scenario,
    waiver.arch,
    waiver.result,
  ]);

/**
 * Waivers for the subject and product version that hold at a time, newest first. One that has expired is as if it had
 * never been made; of the others the newest with the same key counts.
 */
export const waiversInForce = (
  waivers: readonly Waiver[],
  subject: Subject,
  type: SubjectType,
  productVersion: string,
  at: Instant,
): readonly Waiver[] => {
  const identifiers = [subject.identifier, ...(subject.alsoKnownAs ?? [])];
  const newest = new Map<string, Waiver>();
  for (const waiver of waivers) {
    const isFor =
      isOfType(type, waiver.subjectType) &&
      identifiers.includes(waiver.subjectIdentifier) &&
      waiver.productVersion === productVersion;
    if (!isFor || (waiver.waived && waiver.expires !== undefined && waiver.expires <= at)) continue;
    const known = newest.get(keyOf(waiver));
    if (!known || waiver.id > known.id) newest.set(keyOf(waiver), waiver);
  }
  return [...newest.values()].filter(({ waived }) => waived).sort((a, b) => b.id - a.id);
};

/** The requirement as the newest waiver that fits leaves it. */
export const forgiven = (requirement: Requirement, inForce: readonly Waiver[]): Requirement => {
  const { state } = requirement;
  if (state === 'passed' || state === 'waived') return requirement;
  if (requirement.kind === 'test') {
    const waiver = inForce.find((candidate) => forgivesTest(candidate, requirement));
    return waiver ? { ...requirement, state: 'waived', unwaived: state, waiver: waiver.id } : requirement;
  }
  const waiver = inForce.find((candidate) => forgivesFile(candidate, requirement.kind));
  return waiver && isFileProblem(requirement)
    ? { ...requirement, state: 'waived', waiver: waiver.id }
    : requirement;
};

const forgivesTest = (waiver: Waiver, requirement: TestRequirement): boolean =>
  waiver.testCase === requirement.testCase &&
  (waiver.scenario === undefined || waiver.scenario === requirement.scenario) &&
  (waiver.arch === undefined || waiver.arch === requirement.arch) &&
  (waiver.result === undefined || waiver.result === requirement.result);

/** Such a requirement goes by its kind as if that were a test case. */
const forgivesFile = (waiver: Waiver, kind: Requirement['kind']): boolean =>
  waiver.testCase === kind &&
  waiver.scenario === undefined &&
  waiver.arch === undefined &&
  waiver.result === undefined;

const isFileProblem = (requirement: Requirement): requirement is FileProblem => 'sources' in requirement;
