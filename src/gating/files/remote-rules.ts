/** What RemoteRules lead to, in a file: what Koji and dist-git would have been asked for. */
import { z } from 'zod';
import type { Subject } from '../decision.ts';
import type { SubjectType } from '../policy.ts';
import {
  type BuildSource,
  noRemoteRules,
  own,
  type RemoteRuleFiles,
  type SourceOfBuild,
} from '../remote-rules.ts';
import { packageName, subjectTypeOf } from '../subject-types.ts';

const text = z.string().min(1);

const sources = { nosource: 'no-source', notfound: 'unknown-build', parseerror: 'unreadable' } as const;

const Source = z.union([
  z
    .tuple([z.string(), text, text])
    .transform(([namespace, name, revision]) => ({ namespace, name, revision })),
  z.enum(['nosource', 'notfound', 'parseerror']).transform((word) => sources[word]),
]);

export const RemoteRulesFile = z.strictObject({
  /** Text of the file at each address; one that is not listed is not there. */
  remote_rule_files: z.record(text, z.string()).default({}),
  /** Of each build `[namespace, name, commit]`, or why there is none. */
  scm_lookup: z.record(text, Source).default({}),
  /** Templates of addresses by subject type, as Greenwave's REMOTE_RULE_POLICIES. */
  remote_rule_policies: z
    .record(text, z.union([text.transform((one) => [one]), z.array(text)]))
    .default(() =>
      Object.fromEntries(Object.entries(noRemoteRules.templates).map(([type, urls]) => [type, [...urls]])),
    ),
});
export type RemoteRulesFile = z.infer<typeof RemoteRulesFile>;

/** A build that `scm_lookup` does not name is taken to come from wherever a file for its package is listed. */
export const remoteRulesOf = (
  file: RemoteRulesFile,
  subjects: readonly Subject[],
  subjectTypes: readonly SubjectType[],
): RemoteRuleFiles => {
  const addresses = Object.keys(file.remote_rule_files);
  const guessed = subjects.map(({ type: id, identifier }): readonly [string, SourceOfBuild] => {
    const type = subjectTypeOf(id, subjectTypes);
    const templates = own(file.remote_rule_policies, type.id) ?? own(file.remote_rule_policies, '*') ?? [];
    const name = packageName(type, identifier) ?? identifier;
    return [
      identifier,
      listedFor(name, templates, addresses) ?? { namespace: 'rpms', name, revision: 'HEAD' },
    ];
  });
  return {
    templates: file.remote_rule_policies,
    builds: { ...Object.fromEntries(guessed), ...file.scm_lookup },
    files: Object.fromEntries(
      Object.entries(file.remote_rule_files).map(([address, content]) => [address, { text: content }]),
    ),
  };
};

/** The source that makes one of the templates one of the addresses. */
const listedFor = (
  name: string,
  templates: readonly string[],
  addresses: readonly string[],
): BuildSource | undefined => {
  for (const pattern of templates.map(patternOf)) {
    for (const address of addresses) {
      const found = pattern.exec(address)?.groups;
      const namespace = found?.['pkg_namespace']?.replace(/\/$/, '') ?? '';
      const listed = namespace === 'containers' ? name.replace(/-container$/, '') : name;
      if (found && (found['pkg_name'] ?? listed) === listed)
        return { namespace, name, revision: found['rev'] ?? 'HEAD' };
    }
  }
  return undefined;
};

const parts: Readonly<Record<string, string>> = {
  pkg_namespace: '(?<pkg_namespace>(?:[^/]+/)?)',
  pkg_name: '(?<pkg_name>[^/]+)',
  rev: '(?<rev>[^/]+)',
};

/** The first place of each part counts. */
const patternOf = (template: string): RegExp => {
  const seen = new Set<string>();
  const escaped = template.replaceAll(/\{(\w+)\}|[^{]+|\{/g, (piece, key: string | undefined) => {
    const part = key === undefined ? undefined : own(parts, key);
    if (part === undefined || key === undefined) return piece.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    if (seen.has(key)) return '[^/]+';
    seen.add(key);
    return part;
  });
  return new RegExp(`^${escaped}$`);
};
