/** What a client of Greenwave asks, `POST /api/v1.0/decision`: read and checked in Greenwave's words. */
import { z } from 'zod';
import type { Instant } from '../../schemas/instant.ts';
import type { DecisionRequest, Refusal, Subject } from './decision.ts';
import { readInstant } from './instant.ts';
import type { Rule, SubjectType } from './policy.ts';
import { readJsonRule } from './rule-yaml.ts';
import { subjectNamedBy, subjectTypeOf } from './subject-types.ts';

const keys = [
  'decision_context',
  'rules',
  'product_version',
  'subject_type',
  'subject_identifier',
  'subject',
  'verbose',
  'ignore_result',
  'ignore_waiver',
  'when',
  // Beyond Greenwave: what `arches: required`, and `valid_since`, `valid_until` and `alarm_after` go by.
  'required_arches',
  'subject_build_time',
] as const;

type Body = Readonly<Partial<Record<(typeof keys)[number], unknown>>>;

/** Refused as Greenwave does, and where a key is not known: what is mistyped would be overlooked. */
export const readGreenwaveRequest = (
  json: unknown,
  subjectTypes: readonly SubjectType[],
): DecisionRequest | Refusal => {
  try {
    return readBody(z.record(z.string(), z.unknown()).parse(json), subjectTypes);
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, message: error.message };
    if (error instanceof z.ZodError) return { status: 400, message: 'The request must be a JSON object' };
    throw error;
  }
};

/** Ends the reading wherever it has come to. */
class BadRequest extends Error {}

const readBody = (body: Body, subjectTypes: readonly SubjectType[]): DecisionRequest => {
  const unknown = Object.keys(body).find((key) => !keys.some((known) => known === key));
  if (unknown !== undefined)
    throw new BadRequest(`Unknown parameter ${JSON.stringify(unknown.slice(0, 100))}`);
  const { product_version } = body;
  if (isAbsent(product_version)) throw new BadRequest('Missing required product version');
  if (typeof product_version !== 'string') throw new BadRequest('Invalid product version, must be a string');
  const decisionContexts = contextsOf(body);
  const rules = rulesOf(body);
  const verbose = body.verbose ?? false;
  if (typeof verbose !== 'boolean') throw new BadRequest('Invalid verbose flag, must be a bool');
  const when = timeOf(body, 'when');
  return {
    decisionContexts,
    ...(rules && { rules }),
    productVersion: product_version,
    subjects: subjectsOf(body, subjectTypes),
    ...(when && { when }),
    ignoreResults: idsOf(body, 'ignore_result'),
    ignoreWaivers: idsOf(body, 'ignore_waiver'),
    verbose,
  };
};

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const Texts = z.array(z.string().min(1).max(255)).max(100);

const contextsOf = ({ decision_context, rules }: Body): readonly string[] => {
  if (isAbsent(decision_context) && isAbsent(rules))
    throw new BadRequest('Either decision_context or rules is required.');
  if (!isAbsent(decision_context) && !isAbsent(rules))
    throw new BadRequest('Cannot have both decision_context and rules');
  if (isAbsent(decision_context)) return [];
  const contexts = Texts.safeParse(
    typeof decision_context === 'string' ? [decision_context] : decision_context,
  );
  if (!contexts.success) throw new BadRequest('Invalid decision_context, must be a string or a list of them');
  return contexts.data;
};

const rulesOf = ({ rules }: Body): readonly Rule[] | undefined => {
  if (isAbsent(rules)) return undefined;
  if (!Array.isArray(rules)) throw new BadRequest('Failed to parse on demand policy: rules must be a list');
  return rules.map((rule: unknown, index) => {
    const read = readJsonRule(rule);
    if ('kind' in read) return read;
    throw new BadRequest(`Failed to parse on demand policy: rules.${index}: ${read.problem}`);
  });
};

const timeOf = (body: Body, key: 'when' | 'subject_build_time'): Instant | undefined => {
  const time = body[key];
  if (isAbsent(time)) return undefined;
  const instant = typeof time === 'string' ? readInstant(time) : undefined;
  if (!instant) throw new BadRequest(`Invalid "${key}" parameter, must be in ISO8601 format`);
  return instant;
};

const idsOf = (body: Body, key: 'ignore_result' | 'ignore_waiver'): readonly number[] => {
  const ids = z.array(z.number().int()).safeParse(body[key] ?? []);
  if (!ids.success) throw new BadRequest(`Invalid ${key}, must be a list of ids`);
  return ids.data;
};

const Named = z.array(z.record(z.string(), z.unknown())).min(1).max(1000);
/** Nothing has a name with control characters or halves of characters, and no store takes them. */
const Name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

const subjectsOf = (body: Body, subjectTypes: readonly SubjectType[]): readonly Subject[] => {
  const arches = Texts.safeParse(body.required_arches ?? []);
  if (!arches.success) throw new BadRequest('Invalid required_arches, must be a list of arches');
  const builtAt = timeOf(body, 'subject_build_time');
  const more = {
    ...(arches.data.length > 0 && { requiredArches: arches.data }),
    ...(builtAt && { builtAt }),
  };
  return namedSubjects(body, subjectTypes).map((subject) => ({ ...subject, ...more }));
};

const namedSubjects = (body: Body, subjectTypes: readonly SubjectType[]): readonly Subject[] => {
  if (body.subject === undefined) {
    const [type, identifier] = [required(body, 'subject_type'), required(body, 'subject_identifier')];
    return [{ type: subjectTypeOf(type, subjectTypes).id, identifier }];
  }
  const listed = Named.safeParse(body.subject);
  if (!listed.success) throw new BadRequest('Invalid subject, must be a list of dicts');
  return listed.data.map((entry) => {
    const named = subjectNamedBy((key) => Name.safeParse(entry[key]).data, subjectTypes);
    if (!named) throw new BadRequest('Could not detect subject_identifier.');
    return named;
  });
};

const required = (body: Body, key: 'subject_type' | 'subject_identifier'): string => {
  if (body[key] === undefined) throw new BadRequest(`Missing required "${key}" parameter`);
  const name = Name.safeParse(body[key]);
  if (!name.success) throw new BadRequest(`Invalid ${key}, must be a string`);
  return name.data;
};
