/** What there is a reason to build, and what is not to be built all the same: auto-rebuild off, paused, or a rule against it. */
import type { Arch } from '../../schemas/ids.ts';
import type { Pause } from '../../schemas/pause.ts';
import { causesOf } from './causes.ts';
import { leftAlone } from './left-alone.ts';
import { pauseOf } from './paused.ts';
import { denied } from './permitted.ts';
import type { PlannableImage } from './plan-types.ts';
import { block, canCarry, type PlanningState } from './planning-state.ts';
import type { Reason } from './reason.ts';

export type Reasons = ReadonlyMap<Arch, readonly Reason[]>;

/** The arches that may be built. The others are left alone with the reason, and what is upon them is blocked. */
export const permitted = (image: PlannableImage, reasons: Reasons, state: PlanningState): Reasons => {
  const asked = [...reasons.values()].some(isAsked);
  const kept = new Map<Arch, readonly Reason[]>();
  for (const [arch, why] of reasons) {
    const causes = causesOf(
      why,
      state.causesBySource,
      (parent) => state.causes.get(`${parent} ${arch}`) ?? [],
    );
    // Of what a person asked for, the arches that cannot be carried come along: they are that person's too.
    const isPeoples = isAsked(why) || (asked && cannotBeLeftOut(image, arch));
    const against = reasonAgainst(image, state, isPeoples, () =>
      denied(state.rules, { image: image.name, distroRelease: image.distroRelease }, causes, isPeoples),
    );
    if (against === undefined) {
      kept.set(arch, why);
      state.causes.set(`${image.name} ${arch}`, causes);
      continue;
    }
    state.leftAlone.push(leftAlone(image.name, arch, { ...against, wouldBe: [...why] }));
    block(state, image.name, arch, image.name);
  }
  return kept;
};

const isAsked = (why: readonly Reason[]): boolean => why.some((reason) => reason.kind === 'by-hand');

const cannotBeLeftOut = (image: PlannableImage, arch: Arch): boolean =>
  !canCarry(image) || image.baseline?.arches[arch] === undefined;

type PausedBy = { readonly kind: 'paused'; readonly scope: 'image' | 'automatic' } & Pick<
  Pause,
  'by' | 'reason' | 'until'
>;

const pausedBy = ({ scope, by, reason, until }: Pause): PausedBy => ({
  kind: 'paused',
  scope: scope === 'image' ? 'image' : 'automatic',
  by,
  reason,
  ...(until === undefined ? {} : { until }),
});

type Against =
  | { readonly kind: 'auto-rebuild-off' }
  | PausedBy
  | { readonly kind: 'denied'; readonly rule: string | null };

/** Undefined: it may be built. */
const reasonAgainst = (
  image: PlannableImage,
  state: PlanningState,
  isPeoples: boolean,
  rules: () => ReturnType<typeof denied>,
): Against | undefined => {
  if (!image.autoRebuild && !isPeoples) return { kind: 'auto-rebuild-off' };
  const pause = pauseOf(state.pauses, image.name, isPeoples);
  if (pause !== undefined) return pausedBy(pause);
  const verdict = state.rules.length === 0 ? undefined : rules();
  return verdict === undefined ? undefined : { kind: 'denied', rule: verdict.rule };
};
