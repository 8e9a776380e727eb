/** Sources of what is newer on offer than somebody has, by what an advisory says of it. */
import { DistroReleaseName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { UpdateType } from '../../../schemas/update-type.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Pair } from '../../planning/newer-offers.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { nominateNames } from './nominate.ts';

/** One nomination for each advisory, as when a look finds it. */
export const nominatePairs = async (
  flow: Flow,
  offers: readonly Omit<Pair, 'installed' | 'offered'>[],
): Promise<void> => {
  const groups = grouped(offers, ({ distroRelease, advisory }) => `${distroRelease} ${advisory ?? ''}`);
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = group;
    if (first === undefined) continue;
    const { advisory, type, severity } = first;
    const of = { distroRelease: DistroReleaseName.parse(first.distroRelease), advisory, type, severity };
    await nominateOffered(
      flow,
      of,
      group.map(({ source }) => source),
    );
  }
};

/** What no message told has the type, severity and name of the advisory that lists it, where one does. */
export const nominateOffered = (
  flow: Flow,
  of: {
    readonly distroRelease: DistroReleaseName;
    readonly advisory: string | null;
    readonly type: string | null;
    readonly severity: Severity | null;
  },
  sources: readonly string[],
): Promise<void> => {
  const updateType = updateTypeOf(of.type);
  return nominateNames(
    flow,
    {
      distroRelease: of.distroRelease,
      severity: of.severity ?? 'none',
      ...(updateType !== undefined && { updateType }),
      reference: of.advisory ?? `repositories of ${of.distroRelease}`,
    },
    sources,
  );
};

/** Undefined for a type that rules do not know. */
export const updateTypeOf = (type: string | null): UpdateType | undefined => UpdateType.safeParse(type).data;
