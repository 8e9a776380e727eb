/** Greenwave's policy language in YAML: files of a server, a gating.yaml that a rule led to, an image folder's own. */
import { isMap, isSeq } from 'yaml';
import { z } from 'zod';
import { type Place, problemAt } from '../images/problem-at.ts';
import { absentIfEmpty, OneOrMany, readYaml, type YamlDocument, yamlProblems } from '../images/yaml-text.ts';
import type { Policy, Rule, SubjectType } from './policy.ts';
import { readRule } from './rule-yaml.ts';
import { strayTags } from './stray-tags.ts';
import { readSubjectType } from './subject-type-yaml.ts';

/**
 * Where a file comes from says what it must and may hold. `server`: everything spelt out, rules that lead elsewhere,
 * subject types. `remote`: product versions and subject types may be left out. `image`: decision contexts as well.
 */
export type PolicyOrigin = 'server' | 'remote' | 'image';

export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly subjectTypes: readonly SubjectType[];
}

export type ReadPolicies = PolicySet | { readonly problems: readonly string[] };

/** One file. Problems name file, line, key and what is wrong, all of them at once. */
export const readPolicyFile = (file: string, text: string, origin: PolicyOrigin): ReadPolicies =>
  readPolicyFiles([{ file, text }], origin);

/** Several files that belong together: no id may be there twice. */
export const readPolicyFiles = (
  files: readonly { readonly file: string; readonly text: string }[],
  origin: PolicyOrigin,
): ReadPolicies => {
  const found: Found = { policies: [], subjectTypes: [], places: new Map(), problems: [] };
  for (const { file, text } of files) readInto(found, file, text, origin);
  const { policies, subjectTypes, problems } = found;
  return problems.length > 0 ? { problems } : { policies, subjectTypes };
};

interface Found {
  readonly policies: Policy[];
  readonly subjectTypes: SubjectType[];
  /** Of each id, with its tag before it. */
  readonly places: Map<string, Place>;
  readonly problems: string[];
}

const readInto = (found: Found, file: string, text: string, origin: PolicyOrigin): void => {
  const yaml = readYaml(file, text);
  if ('problems' in yaml) {
    found.problems.push(...yaml.problems);
    return;
  }
  for (const document of yaml.documents) {
    if (document.value === '') continue;
    const stray = strayTags(document);
    if (stray.length > 0) {
      found.problems.push(...stray);
      continue;
    }
    const tag = isMap(document.contents) ? document.contents.tag : undefined;
    if (tag === '!Policy') {
      const policy = readPolicy(document, origin, found.problems);
      if (policy) found.policies.push(policy);
      if (policy && origin === 'server') noteId(found, tag, policy.id ?? '', document);
    } else if (tag === '!SubjectType' && origin === 'server') {
      const type = readSubjectType(document, found.problems);
      if (type) found.subjectTypes.push(type);
      if (type) noteId(found, tag, type.id, document);
    } else {
      const may = origin === 'server' ? '"--- !Policy" or "--- !SubjectType"' : '"--- !Policy"';
      const what = tag?.startsWith('!') ? `${tag} is not supported; ` : '';
      found.problems.push(problemAt(document.place([]), `${what}each document must begin with ${may}`));
    }
  }
};

const noteId = ({ places, problems }: Found, tag: string, id: string, document: YamlDocument): void => {
  const place = document.place(['id']);
  const known = places.get(`${tag} ${id}`);
  if (known) problems.push(problemAt(place, `${id} is the id of ${known.file}:${known.line} already`));
  else places.set(`${tag} ${id}`, place);
};

const text = absentIfEmpty(z.string().optional());

const Fields = z.strictObject({
  id: text,
  product_versions: OneOrMany(z.string()),
  decision_contexts: OneOrMany(z.string()),
  decision_context: text,
  subject_types: OneOrMany(z.string()),
  subject_type: text,
  packages: OneOrMany(z.string()),
  excluded_packages: OneOrMany(z.string()),
  relevance_key: text,
  relevance_value: text,
  // Read from the nodes, whose tags say what they are.
  rules: z.unknown().optional(),
});

const readPolicy = (document: YamlDocument, origin: PolicyOrigin, problems: string[]): Policy | undefined => {
  const before = problems.length;
  const fields = Fields.safeParse(document.value);
  if (!fields.success) {
    problems.push(...yamlProblems(document, fields.error, { '': Object.keys(Fields.shape) }));
    return undefined;
  }
  const missing = (key: string, what: string) => problems.push(problemAt(document.place([key]), what));
  const { id, product_versions, packages, excluded_packages, relevance_key, relevance_value } = fields.data;
  if (origin === 'server' && id === undefined) missing('id', 'is missing: each policy has one of its own');
  if (origin === 'server' && product_versions === undefined)
    missing('product_versions', 'is missing: a list such as [fedora-*]');
  const decisionContexts = eitherOf('decision_context', fields.data, origin !== 'image', missing);
  const subjectTypes = eitherOf('subject_type', fields.data, origin === 'server', missing);
  const rules = readRules(document, origin, problems);
  if (problems.length > before) return undefined;
  return {
    ...(id !== undefined && { id }),
    productVersions: product_versions ?? ['*'],
    decisionContexts,
    subjectTypes,
    packages: packages ?? [],
    excludedPackages: excluded_packages ?? [],
    ...(relevance_key !== undefined && { relevanceKey: relevance_key }),
    ...(relevance_value !== undefined && { relevanceValue: relevance_value }),
    rules,
  };
};

type Fields = z.infer<typeof Fields>;

/** `decision_context` or `decision_contexts`, `subject_type` or `subject_types`: one of the two. */
const eitherOf = (
  key: 'decision_context' | 'subject_type',
  fields: Fields,
  needed: boolean,
  missing: (key: string, what: string) => void,
): readonly string[] => {
  const [one, many] = [fields[key], fields[`${key}s`] ?? []];
  if (one !== undefined && many.length > 0) missing(key, `is given twice: here and as ${key}s`);
  if (needed && one === undefined && many.length === 0) missing(key, `is missing: give it, or ${key}s`);
  return one === undefined ? many : [one];
};

const readRules = (document: YamlDocument, origin: PolicyOrigin, problems: string[]): readonly Rule[] => {
  const rules = isMap(document.contents) ? document.contents.get('rules', true) : undefined;
  if (!isSeq(rules)) {
    const what = 'must be a list; write "rules: []" to ask for no test';
    problems.push(problemAt(document.place(['rules']), what));
    return [];
  }
  return rules.items.flatMap((node, index) => {
    const rule = readRule(node, index, document, origin === 'server', problems);
    return rule === undefined ? [] : [rule];
  });
};
