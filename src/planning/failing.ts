/** Arches whose builds are known to fail. */
import type { Arch } from '../../schemas/ids.ts';
import type { Reasons } from './kept-back.ts';
import { leftAlone } from './left-alone.ts';
import type { PlannableImage } from './plan-types.ts';
import { block, type PlanningState } from './planning-state.ts';

/**
 * The arches that come about: without best-effort ones that fail; none at all where one fails that must be in the index.
 * The others are left alone with the reason, and what is upon them is blocked.
 */
export const withoutFailing = (image: PlannableImage, reasons: Reasons, state: PlanningState): Reasons => {
  const failing = [...reasons.keys()].filter((arch) => image.failing?.includes(arch));
  const required = failing.filter((arch) => !image.bestEffort?.includes(arch));
  const comesAbout = (arch: Arch) => required.length === 0 && !failing.includes(arch);
  for (const [arch, wouldBe] of reasons) {
    if (comesAbout(arch)) continue;
    const arches = failing.includes(arch) ? [arch] : required;
    state.leftAlone.push(leftAlone(image.name, arch, { kind: 'failing', arches, wouldBe: [...wouldBe] }));
    block(state, image.name, arch, image.name);
  }
  return new Map([...reasons].filter(([arch]) => comesAbout(arch)));
};
