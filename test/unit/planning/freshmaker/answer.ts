/** What `flibs plan` answers to a fact, in the words that facts are written in. */
import { Change } from '../../../../schemas/files/change.ts';
import { Inventory } from '../../../../schemas/files/inventory.ts';
import type { PlanAnswer } from '../../../../src/planning/files/answer.ts';
import { planFiles } from '../../../../src/planning/files/plan-files.ts';
import type { Translated } from './translate.ts';

export const answer = ({ images, offers, nominations, denied }: Translated): PlanAnswer => {
  const rules = denied.length === 0 ? [] : [{ name: 'denied', action: 'deny', image: denied }];
  return planFiles(
    Inventory.parse({ schemaVersion: 1, images, offers, rules }),
    Change.parse({ schemaVersion: 1, nominations }),
  );
};

/** What can start at once, what then, and so on: NVRs of baselines, `base-1-1 | leaf-1-1 other-1-1`. */
export const batchesOf = ({ builds }: PlanAnswer): string => {
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
  return batches.map((batch) => batch.join(' ')).join(' | ');
};
