/** The policies of the gate that are in force, revision by revision. */
import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';
import { readPolicyTexts } from '../../definitions/policy-files.ts';
import { type PolicySet, type ReadPolicies, readPolicyFiles } from '../../gating/policy-yaml.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Database } from '../../store/database.ts';

export const noPolicies: PolicySet = { policies: [], subjectTypes: [] };

export const policiesInForce = async (db: Kysely<Database>): Promise<PolicySet> =>
  (await db.selectFrom('policy_set').select('definition').where('to_revision', 'is', null).executeTakeFirst())
    ?.definition ?? noPolicies;

export interface LoadedPolicies {
  readonly policies: PolicySet;
  /** Of what cannot be used: then the policies are those that were in force. */
  readonly problems: readonly string[];
}

/** @param folder - empty: no policies are configured */
export const loadPolicies = async (folder: string, db: Kysely<Database>): Promise<LoadedPolicies> => {
  if (folder === '') return { policies: noPolicies, problems: [] };
  const read = await readFolder(folder);
  if (!('problems' in read)) return { policies: read, problems: [] };
  return { policies: await policiesInForce(db), problems: read.problems };
};

const readFolder = async (folder: string): Promise<ReadPolicies> => {
  try {
    const read = readPolicyFiles(await readPolicyTexts(folder), 'server');
    if ('problems' in read) return read;
    const problems = [...read.policies, ...read.subjectTypes]
      .filter((one) => !isStorable(one))
      .map(({ id }) => `${JSON.stringify(id)}: a text in it holds NUL or half a character`);
    return problems.length > 0 ? { problems } : read;
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
};

/** PostgreSQL takes neither NUL nor half of a surrogate pair, which YAML can write as escapes. */
const isStorable = (value: object): boolean =>
  !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(value));

/** Swaps the policies whole where any differs. */
export const writePolicies = async (flow: Flow, revision: number, given: PolicySet): Promise<void> => {
  const definition = JSON.stringify(given);
  if (isDeepStrictEqual(await policiesInForce(flow.tx), JSON.parse(definition))) return;
  await flow.tx
    .updateTable('policy_set')
    .set({ to_revision: revision })
    .where('to_revision', 'is', null)
    .execute();
  await flow.tx.insertInto('policy_set').values({ from_revision: revision, definition }).execute();
};
