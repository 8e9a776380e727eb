/** What an arch build waited for in vain is left alone, in the report of the newest rebuild that wanted it. */
import { type AwaitedReason, atHand, isFix, type OnOffer } from '../../planning/judge-hold.ts';
import { leftAlone } from '../../planning/left-alone.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { insertRows } from '../../store/insert-rows.ts';
import type { HeldBuild } from '../planning/held.ts';

/** `nothing-newer`: there may be one later. `not-offered`: its source came without it. */
type InVain = Partial<Readonly<Record<'not-offered' | 'nothing-newer', readonly AwaitedReason[]>>>;

export const leaveAlone = async (
  flow: Flow,
  { build, archBuild }: HeldBuild,
  inVain: InVain,
  onOffer: OnOffer,
): Promise<void> => {
  const place = { distroRelease: build.definition.distroRelease, arch: archBuild.arch };
  const { name } = build.definition;
  const packages = (['not-offered', 'nothing-newer'] as const).flatMap((kind) => {
    const fixes = (inVain[kind] ?? []).filter(isFix).map((reason) => atHand(reason, place, onOffer));
    return fixes.length === 0 ? [] : [leftAlone(name, archBuild.arch, { kind, packages: fixes })];
  });
  const modules = (inVain['nothing-newer'] ?? []).flatMap((reason) =>
    isFix(reason) || reason.from === undefined
      ? []
      : [leftAlone(name, archBuild.arch, { kind: 'module-not-newer', module: reason.from })],
  );
  const left = [...packages, ...modules];
  if (left.length === 0) return;
  const { rebuild } = await flow.tx
    .selectFrom('build_cause')
    .select((eb) => eb.fn.max('rebuild').as('rebuild'))
    .where('build', '=', build.id)
    .executeTakeFirstOrThrow();
  const rows = left.map(({ image, arch, reason, text }) => ({
    rebuild,
    image,
    arch: arch ?? null,
    reason,
    text,
  }));
  await insertRows(flow.tx, 'left_alone', rows);
};
