/** Where RemoteRules lead. Reading what is there is the caller's business; this is what it hands in, and how it is used. */

import type { Policy } from './policy.ts';

/** Where a build was made from: dist-git's namespace and name, and the commit. */
export interface BuildSource {
  readonly namespace: string;
  readonly name: string;
  readonly revision: string;
}

/** `no-source`: the build has none, and asks nothing. `unreadable`: what the build system says has no commit. */
export type SourceOfBuild = BuildSource | 'no-source' | 'unknown-build' | 'unreadable';

export interface RemoteRuleFiles {
  /** Templates of addresses by subject type, `*` for all others. */
  readonly templates: Readonly<Record<string, readonly string[]>>;
  /** By identifier of the subject; one that is not listed is unknown. */
  readonly builds: Readonly<Record<string, SourceOfBuild>>;
  /** What lies at each address. An address that is not listed has nothing. */
  readonly files: Readonly<Record<string, RemoteFile>>;
}

/** `policies`: read already, as the gating.yaml of an image of ours is. */
export type RemoteFile =
  | { readonly text: string }
  | { readonly policies: readonly Policy[] }
  | { readonly failure: string };

/** Greenwave's own default. */
export const noRemoteRules: RemoteRuleFiles = {
  templates: { '*': ['https://src.fedoraproject.org/{pkg_namespace}{pkg_name}/raw/{rev}/f/gating.yaml'] },
  builds: {},
  files: {},
};

export type Addresses =
  | { readonly addresses: readonly string[] }
  | { readonly failure: string; readonly addresses: readonly string[] };

/** Where to look for a subject's file, in this order. Templates that need the source of a build that has none fall away. */
export const addressesOf = (
  subject: { readonly type: string; readonly identifier: string },
  sources: readonly string[] | undefined,
  remote: RemoteRuleFiles,
): Addresses => {
  const addresses: string[] = [];
  for (const template of sources ?? templatesOf(subject.type, remote)) {
    const known = { subject_id: subject.identifier.replace(/^sha256:/, '') };
    if (!/\{(?:pkg_name|pkg_namespace|rev)\}/.test(template)) {
      addresses.push(filled(template, known));
      continue;
    }
    const build = own(remote.builds, subject.identifier) ?? 'unknown-build';
    if (build === 'no-source') continue;
    if (typeof build === 'string') return { addresses, failure: `${subject.identifier}: ${reasons[build]}` };
    addresses.push(filled(template, { ...known, ...partsOf(build) }));
  }
  return { addresses };
};

const templatesOf = (type: string, { templates }: RemoteRuleFiles): readonly string[] =>
  own(templates, type) ?? own(templates, '*') ?? [];

/** A name out of a request must not find what every object inherits. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const reasons = {
  'unknown-build': 'the build system knows no such build',
  unreadable: 'the build system names no commit that it was built from',
} as const;

/** In containers/ the component's name has a suffix that the repository's has not. */
const partsOf = ({ namespace, name, revision }: BuildSource): Readonly<Record<string, string>> => ({
  pkg_namespace: namespace === '' ? '' : `${namespace}/`,
  pkg_name: namespace === 'containers' ? name.replace(/-container$/, '') : name,
  rev: revision,
});

const filled = (template: string, parts: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (whole, key: string) => own(parts, key) ?? whole);
