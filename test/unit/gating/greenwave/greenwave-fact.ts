/** One decision of Greenwave: what it was given and what it answered, short where facts are alike. */

export interface PolicyFact {
  readonly id: string;
  /** Names of test cases, or rules as they are. */
  readonly rules: readonly (string | ({ readonly type: string } & Readonly<Record<string, unknown>>))[];
  /** Its other keys; `fedora-26`, `ctx` and `koji_build` where they are not given. */
  readonly [key: string]: unknown;
}

export interface GreenwaveFact {
  readonly title: string;
  readonly policies: readonly PolicyFact[];
  /** {@link asked} where it is not given. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** `1 t1 FAILED scenario=s1 because ...`, submitted in the order of ids; about the subject as a koji_build, or as `data` say. */
  readonly results?: readonly (
    | string
    | { readonly result: string; readonly data: Readonly<Record<string, string>> }
  )[];
  /** `1 t1`, `2 t1 taken-back`, `1 t1 scenario=s2`: for the subject on fedora-26, or as it says. */
  readonly waivers?: readonly string[];
  /** The file of `--remote-rules`. */
  readonly elsewhere?: Readonly<Record<string, unknown>>;
  readonly refused?: { readonly http_status: number; readonly message: string };
  readonly summary?: string;
  /** `test-result-failed t1 result_id=1`. */
  readonly satisfied?: readonly string[];
  readonly unsatisfied?: readonly string[];
  /** All policies where it is not given. */
  readonly applicable?: readonly string[];
  /** Ids that a verbose answer lists. */
  readonly listed?: { readonly results: readonly number[]; readonly waivers: readonly number[] };
}

export const asked = {
  decision_context: 'ctx',
  product_version: 'fedora-26',
  subject_type: 'koji_build',
  subject_identifier: 'nethack-1.2.3-1.fc26',
};

export const blocklist: PolicyFact = {
  id: 'blocklist',
  rules: ['dist.abicheck'],
  excluded_packages: ['firefox', 'module-build*'],
};

export const critical: PolicyFact = { id: 'critical', rules: ['dist.rpmdeplint', 'dist.upgradepath'] };

export const p1: PolicyFact = { id: 'p1', rules: ['t1'] };

export const rtt: PolicyFact = {
  id: 'rtt',
  rules: ['rtt.acceptance.validation'],
  product_versions: ['rhel-something'],
  decision_context: 'rtt',
  subject_type: 'compose',
};

export const server: PolicyFact = { id: 'server', rules: [{ type: 'RemoteRule' }] };

const json = JSON.stringify;

/** A policy as it stands in a file. */
export const policyYaml = ({ rules, ...keys }: PolicyFact): string => {
  const either = (one: string, value: string) =>
    one in keys || `${one}s` in keys ? [] : [`${one}: ${value}`];
  const lines = [
    '--- !Policy',
    ...Object.entries(keys).map(([key, value]) => `${key}: ${json(value)}`),
    ...either('product_version', 'fedora-26').map(() => 'product_versions: [fedora-26]'),
    ...either('decision_context', 'ctx'),
    ...either('subject_type', 'koji_build'),
    rules.length === 0 ? 'rules: []' : 'rules:',
    ...rules.map((rule) => {
      if (typeof rule === 'string') return `  - !PassingTestCaseRule {test_case_name: ${json(rule)}}`;
      const { type, ...rest } = rule;
      return `  - !${type} ${json(rest)}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
};

const assignments = (words: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(words.map((word) => word.split('=')));

const second = (id: string): string => `00:00:${id.padStart(2, '0')}.000000`;

const resultJson = (given: NonNullable<GreenwaveFact['results']>[number], subject: unknown) => {
  const [what = '', reason] = (typeof given === 'string' ? given : given.result).split(' because ');
  const [id = '', name, outcome, ...more] = what.split(' ');
  const about = typeof given === 'string' ? { item: subject, type: 'koji_build' } : given.data;
  const data = Object.entries({ ...about, ...assignments(more) }).map(([key, value]) => [key, [value]]);
  return {
    id: Number(id),
    testcase: { name },
    outcome,
    submit_time: `2024-01-01T${second(id)}`,
    data: Object.fromEntries(data),
    ...(reason !== undefined && { error_reason: reason }),
  };
};

const waiverJson = (given: string, subject: unknown) => {
  const [id = '', testcase, ...more] = given.split(' ');
  return {
    id: Number(id),
    testcase,
    waived: !more.includes('taken-back'),
    timestamp: `2024-01-02T${second(id)}`,
    scenario: null,
    subject_type: 'koji_build',
    subject_identifier: subject,
    product_version: 'fedora-26',
    ...assignments(more.filter((word) => word.includes('='))),
  };
};

/** What the files of `flibs gate check` hold. */
export interface FactFiles {
  /** YAML. */
  readonly policies: string;
  readonly request: unknown;
  readonly results: unknown;
  readonly waivers: unknown;
  readonly elsewhere: unknown;
}

export const filesOf = (fact: GreenwaveFact): FactFiles => {
  const request: Readonly<Record<string, unknown>> = fact.request ?? asked;
  const subject = request['subject_identifier'];
  return {
    policies: fact.policies.map(policyYaml).join(''),
    request,
    results: (fact.results ?? []).map((result) => resultJson(result, subject)),
    waivers: (fact.waivers ?? []).map((waiver) => waiverJson(waiver, subject)),
    elsewhere: fact.elsewhere ?? {},
  };
};
