/** The rules in force, revision by revision. */
import { isDeepStrictEqual } from 'node:util';
import { Rule } from '../../../schemas/files/rule.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { endDelaysOf, ruleDelays } from '../dispatching/delays.ts';

/** In the order in which they were written. */
export const readRules = async ({ tx }: Pick<Flow, 'tx'>): Promise<readonly Rule[]> => {
  const rows = await tx
    .selectFrom('rule')
    .select('definition')
    .where('to_revision', 'is', null)
    .orderBy('place')
    .execute();
  return rows.map((row) => Rule.parse(row.definition));
};

/**
 * Swaps the rules whole where any differs. What a rule kept from starting is judged by the new ones.
 */
export const writeRules = async (flow: Flow, revision: number, rules: readonly Rule[]): Promise<void> => {
  const known = await readRules(flow);
  if (isDeepStrictEqual(known, rules)) return;
  await flow.tx.updateTable('rule').set({ to_revision: revision }).where('to_revision', 'is', null).execute();
  if (rules.length > 0) {
    const rows = rules.map((rule, place) => ({
      name: rule.name,
      from_revision: revision,
      place,
      definition: JSON.stringify(rule),
    }));
    await flow.tx.insertInto('rule').values(rows).execute();
  }
  await endDelaysOf(flow, ruleDelays);
};
