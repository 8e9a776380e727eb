/** The planner against Freshmaker's decisions, by docs/freshmaker-comparison.md: equal, or better as it says there. */
import { describe, expect, test } from '@jest/globals';
import type { PlanAnswer } from '../../../../src/planning/files/answer.ts';
import { built, planned } from '../files/an-inventory.ts';
import { compared } from './compared.ts';
import { readFacts } from './facts.ts';
import { chainsTranslated, imageOf, planTranslated, type Translated } from './translate.ts';

const facts = readFacts();
const rows = compared();
const verdictOf = (id: string) => rows.find((row) => row.id === id)?.verdict;

const answer = ({ images, offers, nominations }: Translated): PlanAnswer =>
  planned(images, offers, ...nominations);

/** What can start at once, what then, and so on, as Freshmaker prints it: NVRs of baselines. */
const batchesOf = ({ builds }: PlanAnswer): readonly (readonly string[])[] => {
  const levels = new Map<string, number>();
  const batches: string[][] = [];
  for (const { image, baseline, arches } of builds) {
    const below = arches
      .flatMap(({ parent, buildParents }) => [parent, ...buildParents])
      .map((one) => (one.kind === 'planned' ? (levels.get(one.image) ?? 0) + 1 : 0));
    const level = Math.max(0, ...below);
    levels.set(image, level);
    batches[level] = [...(batches[level] ?? []), baseline ?? image].sort();
  }
  return batches;
};

/** Where it is better, what it is instead: batches, and arch by arch where that is the point. */
const ours: Readonly<Record<string, { batches: readonly (readonly string[])[]; built?: readonly string[] }>> =
  {
    'batch-12': { batches: [['base-1-1'], ['mid-1-1'], ['leafA-1-1'], ['leafB-1-1']] },
    'plan-12': { batches: [['base-1-1']] },
    'plan-13': { batches: [] },
    'plan-14': { batches: [['base-1-1'], ['leaf-1-1', 'other-1-1']] },
    'plan-15': { batches: [['base-1-1'], ['leaf-1-1', 'other-1-1']] },
    'plan-20': { batches: [] },
    'plan-22': { batches: [['base-1-1'], ['mid-1-1'], ['parent-1-1'], ['leaf-1-1']] },
    'plan-24': { batches: [['builder-1-1'], ['leaf-1-1']] },
    'plan-26a': { batches: [['foo-1-20']], built: ['foo-1 aarch64 on -: package'] },
    'plan-26b': { batches: [['foo-1-20']], built: ['foo-1 aarch64 on -: package'] },
    'plan-27': { batches: [['foo-1-20']], built: ['foo-1 aarch64 on -: package'] },
    'plan-30': { batches: [['base-9.4-1200'], ['leaf-1-1']] },
    'plan-31': {
      batches: [
        ['ubi8-container-8.1-100.12345678'],
        ['nodejs-12-container-1-20.45678', 'python-36-container-1-10'],
      ],
    },
    'plan-38': { batches: [] },
    'plan-40': { batches: [['base-1-1'], ['leaf-1-1']] },
  };

const inScope = <Fact extends { readonly id: string }>(all: readonly Fact[] | undefined): readonly Fact[] =>
  (all ?? []).filter(({ id }) => verdictOf(id) !== 'out of scope');

test('the facts are compared with where they are here', () => {
  const here = facts !== undefined;
  expect(inScope(facts?.plans).length + inScope(facts?.chains).length > 0).toBe(here);
});

describe('plans', () => {
  for (const fact of inScope(facts?.plans)) {
    const better = ours[fact.id];
    test(`${fact.id} ${fact.title}`, () => {
      const made = answer(planTranslated(fact));
      expect(verdictOf(fact.id)).toBe(better ? 'better' : 'equal');
      expect(batchesOf(made)).toEqual(better?.batches ?? fact.expected.batches);
      if (better?.built) expect(built(made)).toEqual(better.built);
      if (!better) expect(standsOn(made)).toEqual(fact.expected.built_on);
    });
  }
});

/** As Freshmaker's record says it: on what each is built, and whether it waits for that. */
const standsOn = ({ builds }: PlanAnswer) => {
  const baselines = new Map(builds.map(({ image, baseline }) => [image, baseline]));
  return Object.fromEntries(
    builds.flatMap(({ baseline, arches }) =>
      arches.map(({ parent }) => {
        const on = parent.kind === 'baseline' ? parent.nvr : null;
        const waits = parent.kind === 'planned';
        const parentNvr = waits ? (baselines.get(parent.image) ?? null) : on;
        return [baseline, { parent: parentNvr, waits_for_parent_rebuild: waits }];
      }),
    ),
  );
};

describe('chains', () => {
  for (const fact of inScope(facts?.chains)) {
    const better = ours[fact.id];
    test(`${fact.id} ${fact.title}`, () => {
      const made = answer(chainsTranslated(fact));
      expect(verdictOf(fact.id)).toBe(better ? 'better' : 'equal');
      expect(batchesOf(made)).toEqual(better?.batches ?? fact.expected.batches);
    });
  }
});

describe('docs/freshmaker-comparison.md', () => {
  test('says of every fact whether it is equal, better or out of scope, once', () => {
    const ids = Object.values(facts ?? {}).flatMap((kind) => kind.map(({ id }) => id));
    const told = rows.map(({ id }) => id);
    expect(new Set(told).size).toBe(told.length);
    expect(ids.filter((id) => !told.includes(id))).toEqual([]);
  });

  test('says why wherever it is not equal', () => {
    expect(rows.filter(({ verdict, why }) => verdict !== 'equal' && why.trim() === '')).toEqual([]);
  });

  test('beats every hazard', () => {
    const all = Object.values(facts ?? {}).flatMap((kind) => [...kind]);
    const hazards = all.filter(({ title }) => title.startsWith('HAZARD'));
    expect(hazards.filter(({ id }) => verdictOf(id) !== 'better').map(({ id }) => id)).toEqual([]);
  });
});

test('an image is told by name and version', () => {
  expect(imageOf('s2i-base-1-10')).toBe('s2i-base-1');
});
