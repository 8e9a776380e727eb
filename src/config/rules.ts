/** Reads the list of rules. A rule that cannot be read is an error that names it: it must not be taken for "no". */
import { z } from 'zod';
import { Rule } from '../../schemas/files/rule.ts';

export type RulesReading =
  | { readonly rules: readonly Rule[]; readonly problems?: never }
  | {
      readonly rules?: never;
      readonly problems: readonly { readonly at: string; readonly problem: string }[];
    };

const Named = z.object({ name: z.string() });

export const readRules = (raw: unknown): RulesReading => {
  if (!Array.isArray(raw)) return { problems: [{ at: '', problem: 'must be a list of rules' }] };
  const rules: Rule[] = [];
  const problems: { at: string; problem: string }[] = [];
  for (const [index, given] of raw.entries()) {
    const parsed = Rule.safeParse(given);
    const named = Named.safeParse(given);
    const rule = named.success ? `rule ${named.data.name}: ` : '';
    const wrong = (path: readonly PropertyKey[], problem: string) =>
      problems.push({ at: [index, ...path].map(String).join('.'), problem: `${rule}${problem}` });
    if (!parsed.success) for (const issue of parsed.error.issues) wrong(issue.path, issue.message);
    else if (rules.some(({ name }) => name === parsed.data.name)) wrong(['name'], 'is in the list twice');
    else rules.push(parsed.data);
  }
  return problems.length > 0 ? { problems } : { rules };
};
