/** The rules in force, revision by revision. */
import { isDeepStrictEqual } from 'node:util';
import { byText } from '../../../schemas/by-text.ts';
import { Rule } from '../../../schemas/files/rule.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { endDelaysOf, ruleDelays } from '../dispatching/delays.ts';
import { lockKeptBack } from '../lock.ts';
import { nominateKeptBack } from '../nominating/kept-back.ts';

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
 * Swaps the rules whole where any differs. What they kept from starting is judged by the new ones; where those that say
 * whether differ, what was left alone because of them is nominated anew, and judged when it is planned.
 */
export const writeRules = async (flow: Flow, revision: number, rules: readonly Rule[]): Promise<void> => {
  const known = await readRules(flow);
  if (isDeepStrictEqual(known, rules)) return;
  await lockKeptBack(flow);
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
  if (isDeepStrictEqual(sayWhether(known), sayWhether(rules))) return;
  await nominateKeptBack(flow, { kind: 'denied' }, `rules of revision ${revision}`);
};

/** Their order says nothing but which is named. */
const sayWhether = (rules: readonly Rule[]): readonly Rule[] =>
  rules
    .filter(({ action }) => action === 'allow' || action === 'deny')
    .sort((a, b) => byText(a.name, b.name));
