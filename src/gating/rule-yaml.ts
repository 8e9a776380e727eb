/** One rule of a policy, from YAML. */
import { isMap } from 'yaml';
import { z } from 'zod';
import { problemAt } from '../images/problem-at.ts';
import { absentIfEmpty, OneOrMany, type YamlDocument, yamlProblems } from '../images/yaml-text.ts';
import { readInstant } from './instant.ts';
import type { Rule } from './policy.ts';

const text = z.string().min(1).max(255);
const optional = <T extends z.ZodType>(schema: T) => absentIfEmpty(schema.optional());

const Time = z.string().transform((written, context) => {
  const instant = readInstant(written);
  if (instant !== undefined) return instant;
  context.addIssue(`${JSON.stringify(written)} is no time: write 2024-05-01, or 2024-05-01T06:00:00Z`);
  return z.NEVER;
});

const secondsIn = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

const Duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a number and s, m, h or d, as in 6h')
  .transform((written) => {
    const unit = z.enum(['s', 'm', 'h', 'd']).parse(written.slice(-1));
    return Number(written.slice(0, -1)) * secondsIn[unit];
  });

const PassingTestCase = z
  .strictObject({
    test_case_name: text,
    scenario: optional(text),
    valid_since: optional(Time),
    valid_until: optional(Time),
    arches: optional(z.literal('required', 'can only be "required"')),
    alarm_after: optional(Duration),
  })
  .transform(
    (rule): Rule => ({
      kind: 'PassingTestCaseRule',
      testCase: rule.test_case_name,
      ...(rule.scenario && { scenario: rule.scenario }),
      ...(rule.valid_since && { validSince: rule.valid_since }),
      ...(rule.valid_until && { validUntil: rule.valid_until }),
      ...(rule.arches && { arches: rule.arches }),
      ...(rule.alarm_after && { alarmAfter: rule.alarm_after }),
    }),
  );

/** As YAML has always been written for PyYAML. */
export const YamlBoolean = z
  .string()
  .regex(/^(?:true|false|yes|no|on|off)$/i, 'must be true or false')
  .transform((written) => /^(?:true|yes|on)$/i.test(written));

const Remote = z.strictObject({ sources: OneOrMany(text), required: optional(YamlBoolean) }).transform(
  ({ sources, required = false }): Rule => ({
    kind: 'RemoteRule',
    ...(sources && { sources }),
    required,
  }),
);

const kinds: Readonly<
  Record<string, { readonly schema: z.ZodType<Rule>; readonly keys: readonly string[] }>
> = {
  '!PassingTestCaseRule': {
    schema: PassingTestCase,
    keys: ['test_case_name', 'scenario', 'valid_since', 'valid_until', 'arches', 'alarm_after'],
  },
  '!RemoteRule': { schema: Remote, keys: ['sources', 'required'] },
};

/** Kinds that Greenwave once had. */
const removed: readonly string[] = ['!PackageSpecificBuild', '!FedoraAtomicCi'];

/** Undefined where `problems` says why. `remote`: whether rules may lead to files elsewhere. */
export const readRule = (
  node: unknown,
  index: number,
  document: YamlDocument,
  remote: boolean,
  problems: string[],
): Rule | undefined => {
  const where = ['rules', index];
  const refuse = (what: string): undefined => {
    problems.push(problemAt(document.place(where), what));
  };
  const tag = isMap(node) ? (node.tag ?? '') : '';
  if (removed.includes(tag)) return refuse(`${tag} was removed; list packages in the policy's "packages"`);
  if (tag === '!RemoteRule' && !remote)
    return refuse('!RemoteRule is not supported here: only policies of the server lead to other files');
  const kind = kinds[tag];
  if (!isMap(node) || kind === undefined) {
    const found = tag.startsWith('!') ? `${tag} is not supported` : 'has no tag';
    return refuse(`${found}; rules are "!PassingTestCaseRule {test_case_name: ...}"`);
  }
  const parsed = kind.schema.safeParse(node.toJS(document.document));
  if (parsed.success) return parsed.data;
  problems.push(...yamlProblems(document, parsed.error, { '': kind.keys }, where));
  return undefined;
};

/** A rule as a request has it: `{"type": "PassingTestCaseRule", "test_case_name": "..."}`. */
export const readJsonRule = (json: unknown): Rule | { readonly problem: string } => {
  const { type, required, ...rest } = z.record(z.string(), z.unknown()).safeParse(json).data ?? {};
  const kind = typeof type === 'string' ? kinds[`!${type}`] : undefined;
  if (!kind) return { problem: 'its "type" must be PassingTestCaseRule or RemoteRule' };
  // The language is read as texts.
  const parsed = kind.schema.safeParse({
    ...rest,
    ...(required !== undefined && { required: String(required) }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { problem: [...(issue?.path.map(String) ?? []), issue?.message].join(': ') };
};
