/** A decision as Greenwave answers it, from what the store holds at the moment. */
import type { Kysely } from 'kysely';
import type { Instant } from '../../../schemas/instant.ts';
import { policiesInForce } from '../../flows/defining/policies.ts';
import { imageSubjectTypes } from '../../flows/releasing/waivers-of.ts';
import { decide } from '../../gating/decide.ts';
import type { DecisionRequest, Refusal } from '../../gating/decision.ts';
import { readGreenwaveRequest } from '../../gating/greenwave-request.ts';
import { type GreenwaveResponse, greenwaveResponse } from '../../gating/greenwave-response.ts';
import type { SubjectType } from '../../gating/policy.ts';
import { queriesFor, subjectTypeOf } from '../../gating/subject-types.ts';
import type { Database } from '../../store/database.ts';
import { buildsNamed, type KnownBuild, resultsOf, waiversAbout } from './decision-facts.ts';
import { buildOf, remoteRulesFor, waiversOfSubjects, withBuild } from './image-subjects.ts';
import { resultsById } from './results.ts';
import { waiverJson } from './waivers.ts';

export interface AskedOver {
  /** As it came. */
  readonly request: unknown;
  readonly now: Instant;
  /** Where the API is reached, without a slash at its end. */
  readonly base: string;
}

export const answerDecision = async (
  db: Kysely<Database>,
  { request: json, now, base }: AskedOver,
): Promise<GreenwaveResponse | Refusal> => {
  const { policies, subjectTypes } = await policiesInForce(db);
  const read = readRequest(json, subjectTypes);
  if ('status' in read) return read;
  const builds = await buildsNamed(
    db,
    read.subjects.filter(({ type }) => imageSubjectTypes.includes(type)).map(({ identifier }) => identifier),
  );
  const request = withProductVersion(read, builds);
  if ('status' in request) return request;
  const subjects = request.subjects.map((subject) => withBuild(subject, builds));
  const [results, waivers] = await Promise.all([
    readResults(db, request, builds, subjectTypes),
    waiversAbout(db, [...new Set(subjects.flatMap((one) => [one.identifier, ...(one.alsoKnownAs ?? [])]))]),
  ]);
  const decision = decide({
    policies,
    subjectTypes,
    request: { ...request, subjects },
    results,
    waivers: waiversOfSubjects(waivers, subjects, builds),
    remoteRules: remoteRulesFor(request.rules ? [{ rules: request.rules }] : policies, subjects, builds),
    now,
  });
  if ('status' in decision) return decision;
  const verbose = request.verbose && {
    results: byId(await resultsById(db, decision.latestResults, base)),
    waivers: byId(waivers.map(waiverJson)),
  };
  return greenwaveResponse(decision, {
    subjectTypes,
    onDemand: request.rules !== undefined,
    ...(verbose && { verbose }),
  });
};

const byId = <T extends { readonly id: number }>(entries: readonly T[]) =>
  new Map(entries.map((entry) => [entry.id, entry]));

/** That of none. */
const unsaid = '';

/** Without a product version it is read all the same: an image of ours has one. */
const readRequest = (json: unknown, subjectTypes: readonly SubjectType[]): DecisionRequest | Refusal => {
  const isUnsaid =
    typeof json === 'object' && json !== null && !Array.isArray(json) && !('product_version' in json);
  if (!isUnsaid) return readGreenwaveRequest(json, subjectTypes);
  const read = readGreenwaveRequest({ ...json, product_version: 'unsaid' }, subjectTypes);
  return 'status' in read ? read : { ...read, productVersion: unsaid };
};

/** That of the distro release of the builds that are asked about; of anything else it is not guessed. */
const withProductVersion = (
  request: DecisionRequest,
  builds: ReadonlyMap<string, KnownBuild>,
): DecisionRequest | Refusal => {
  if (request.productVersion !== unsaid) return request;
  const [productVersion, ...others] = new Set(
    request.subjects.map((subject) => buildOf(subject, builds)?.product_version ?? unsaid),
  );
  if (productVersion === undefined || productVersion === unsaid || others.length > 0)
    return { status: 400, message: 'Missing required product version' };
  return { ...request, productVersion };
};

const readResults = (
  db: Kysely<Database>,
  { subjects, ignoreResults = [] }: DecisionRequest,
  builds: ReadonlyMap<string, KnownBuild>,
  subjectTypes: readonly SubjectType[],
) => {
  const ours = subjects.flatMap((subject) => buildOf(subject, builds)?.id ?? []);
  const others = subjects.filter((subject) => buildOf(subject, builds) === undefined);
  const queries = others.flatMap(({ type, identifier }) =>
    queriesFor(subjectTypeOf(type, subjectTypes), identifier).map((query) => naming(identifier, query)),
  );
  return resultsOf(db, ours, queries, ignoreResults);
};

/** What has the identifier alone: of its type there may be millions. The gate sees to the rest. */
const naming = (identifier: string, query: Readonly<Record<string, string>>) => {
  const named = Object.entries(query).filter(([, value]) => value === identifier);
  return named.length === 0 ? query : Object.fromEntries(named);
};
