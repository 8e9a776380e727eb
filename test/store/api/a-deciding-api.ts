/** The API on a store with policies, for decisions by Greenwave's interface. */
import { expect } from '@jest/globals';
import { sql } from 'kysely';
import { z } from 'zod';
import { readPolicyFile } from '../../../src/gating/policy-yaml.ts';
import { release } from '../../simulation/fleet.ts';
import { emptyStore } from '../empty-store.ts';
import { anActingApi } from './an-acting-api.ts';

const policies = `
--- !Policy
id: release
product_versions: [fedora-40]
decision_context: gate
subject_types: [container-image, redhat-container-image]
rules:
  - !PassingTestCaseRule {test_case_name: smoke, arches: required}
--- !Policy
id: push
product_versions: [fedora-*]
decision_context: gate
subject_type: koji_build
rules:
  - !PassingTestCaseRule {test_case_name: install}
--- !Policy
id: files
product_versions: [fedora-40]
decision_context: files
subject_types: [container-image, koji_build, thing]
rules:
  - !RemoteRule {required: true}
--- !Policy
id: there
product_versions: [fedora-40]
decision_context: there
subject_type: container-image
rules:
  - !RemoteRule {sources: ["https://git.test/{subject_id}.yaml"]}
--- !SubjectType
id: thing
aliases: [stuff]
`;

export const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

export const asked = {
  decision_context: 'gate',
  product_version: 'fedora-40',
  subject_type: 'koji_build',
  subject_identifier: 'nethack-1.2-3.fc40',
};
export const image = { ...asked, subject_type: 'container-image', subject_identifier: 'webd-2.4-7' };

const Requirements = z.array(z.looseObject({ testcase: z.string(), state: z.string() }));
const Answer = z.looseObject({
  policies_satisfied: z.boolean(),
  state: z.string(),
  summary: z.string(),
  satisfied_requirements: Requirements,
  unsatisfied_requirements: Requirements,
});

/** `smoke x86_64: passed`, in their order. */
export const lines = ({ satisfied_requirements, unsatisfied_requirements }: z.infer<typeof Answer>) =>
  [...satisfied_requirements, ...unsatisfied_requirements].map((one) =>
    [one.testcase, one['system_architecture'], one.state].filter(Boolean).join(' '),
  );

export type DecidingApi = Awaited<ReturnType<typeof aDecidingApi>>;

export const aDecidingApi = async () => {
  const api = await anActingApi();
  /** With the policies alone. */
  const begin = async (): Promise<void> => {
    await emptyStore(api.store);
    const read = JSON.stringify(readPolicyFile('policies.yaml', policies, 'server'));
    const { db } = api.store;
    await sql`insert into definitions_revision (fingerprint, loaded_at) values ('f', now())`.execute(db);
    await sql`insert into policy_set (from_revision, definition) values (1, ${read})`.execute(db);
  };
  /** Of F40, for two arches. */
  const aBuild = async (nvr: string, index: string | null, gating: readonly object[] = []): Promise<void> => {
    const { db } = api.store;
    const definition = JSON.stringify({ gating });
    await sql`insert into distro_release (name, from_revision, definition) values ('F40', 1, ${JSON.stringify(release)})
      on conflict do nothing`.execute(db);
    await sql`with made as (
        insert into build (nvr, image, component, version, release_number, distro_release, revision, tree_id, definition,
          severity, by_hand, state, index_digest, created_at, updated_at)
        values (${nvr}, 'webd', 'webd', '2.4', 7, 'F40', 1, 't', ${definition}, 'none', false, 'testing', ${index},
          '2024-05-01T00:00:00Z', now())
        returning id
      ), built as (
        insert into arch_build (build, image, arch, state, reasons, proofs)
        select id, ${nvr}, arch, 'succeeded', '[]', '[]' from made cross join unnest(array['aarch64', 'x86_64']) as arch
      )
      insert into index_entry (build, arch, manifest_digest)
      select id, arch, 'sha256:' || repeat(letter, 64) from made
      cross join (values ('aarch64', 'a'), ('x86_64', 'b')) as entry (arch, letter)
      where ${index}::text is not null`.execute(db);
  };

  const report = async (testcase: string, outcome: string, data: object): Promise<number> => {
    const answer = await api.post('/api/v2.0/results', { testcase, outcome, data }, api.own);
    return z.object({ id: z.number() }).parse(answer.json()).id;
  };

  const ask = (request: object) => api.post('/api/v1.0/decision', request);
  const decided = async (request: object = asked) => {
    const answer = await ask(request);
    expect({ status: answer.statusCode, body: answer.statusCode === 200 ? '' : answer.body }).toEqual({
      status: 200,
      body: '',
    });
    return Answer.parse(answer.json());
  };
  return { ...api, begin, aBuild, report, ask, decided };
};
