/** `flibs plan` on facts of Freshmaker's decisions, by docs/freshmaker-comparison.md: equal, or better as it says there. */
import { describe, expect, test } from '@jest/globals';
import type { PlanAnswer } from '../../../../src/planning/files/answer.ts';
import { built } from '../files/an-inventory.ts';
import { answer, batchesOf } from './answer.ts';
import { chains } from './chain-facts.ts';
import { compared } from './compared.ts';
import { hazards, ids } from './ids.ts';
import { plans } from './plan-facts.ts';
import { chainsTranslated, imageOf, planTranslated } from './translate.ts';

const rows = compared();
const verdictOf = (id: string) => rows.find((row) => row.id === id)?.verdict;

/** Where it is better, what it is instead: batches, and arch by arch where that is the point. */
const ours: Readonly<Record<string, { batches: string; built?: readonly string[] }>> = {
  'batch-12': { batches: 'base-1-1 | mid-1-1 | leafA-1-1 | leafB-1-1' },
  'plan-12': { batches: 'base-1-1' },
  'plan-13': { batches: '' },
  'plan-14': { batches: 'base-1-1 | leaf-1-1 other-1-1' },
  'plan-15': { batches: 'base-1-1 | leaf-1-1 other-1-1' },
  'plan-20': { batches: '' },
  'plan-22': { batches: 'base-1-1 | mid-1-1 | parent-1-1 | leaf-1-1' },
  'plan-24': { batches: 'builder-1-1 | leaf-1-1' },
  'plan-26a': { batches: 'foo-1-20', built: ['foo-1 aarch64 on -: package'] },
  'plan-26b': { batches: 'foo-1-20', built: ['foo-1 aarch64 on -: package'] },
  'plan-27': { batches: 'foo-1-20', built: ['foo-1 aarch64 on -: package'] },
  'plan-30': { batches: 'base-9.4-1200 | leaf-1-1' },
  'plan-31': {
    batches: 'ubi8-container-8.1-100.12345678 | nodejs-12-container-1-20.45678 python-36-container-1-10',
  },
  'plan-38': { batches: '' },
  'plan-40': { batches: 'base-1-1 | leaf-1-1' },
};

describe('plans', () => {
  test.each(Object.entries(plans))('%s', (id, fact) => {
    const made = answer(planTranslated(fact));
    const better = ours[id];
    expect(verdictOf(id)).toBe(better ? 'better' : 'equal');
    expect(batchesOf(made)).toBe(better?.batches ?? fact.batches);
    if (better?.built) expect(built(made)).toEqual(better.built);
    if (!better) expect(standsOn(made)).toBe(fact.on ?? '');
  });
});

/** On what each is built, and whether it waits for that. */
const standsOn = ({ builds }: PlanAnswer): string => {
  const baselines = new Map(builds.map(({ image, baseline }) => [image, baseline]));
  const edges = builds.flatMap(({ baseline, arches }) =>
    arches.flatMap(({ parent }) => {
      if (parent.kind === 'planned') return [`${baseline} waits for ${baselines.get(parent.image)}`];
      return parent.kind === 'baseline' ? [`${baseline} on ${parent.nvr}`] : [];
    }),
  );
  return [...new Set(edges)].sort().join(', ');
};

describe('chains', () => {
  test.each(Object.entries(chains))('%s', (id, fact) => {
    const better = ours[id];
    expect(verdictOf(id)).toBe(better ? 'better' : 'equal');
    expect(batchesOf(answer(chainsTranslated(fact)))).toBe(better?.batches ?? fact.batches);
  });
});

describe('docs/freshmaker-comparison.md', () => {
  test('says of every fact whether it is equal, better or out of scope, once, and of no other', () => {
    expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  test('says why wherever it is not equal', () => {
    expect(rows.filter(({ verdict, why }) => verdict !== 'equal' && why.trim() === '')).toEqual([]);
  });

  test('beats every hazard', () => {
    expect(hazards.filter((id) => verdictOf(id) !== 'better')).toEqual([]);
  });

  test('calls nothing equal or better of plans and chains that is not put through here', () => {
    const told = rows.filter(
      ({ id, verdict }) => /^(plan|chain|batch)-/.test(id) && verdict !== 'out of scope',
    );
    expect(told.map(({ id }) => id).sort()).toEqual([...Object.keys(plans), ...Object.keys(chains)].sort());
  });
});

test('an image is told by name and version', () => {
  expect(imageOf('s2i-base-1-10')).toBe('s2i-base-1');
});
