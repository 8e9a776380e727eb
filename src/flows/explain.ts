/** What would happen: the planner on the present contents and invented offers. Changes nothing. */
import type { Transaction } from 'kysely';
import type { Plan, PlannedBuild } from '../planning/plan-types.ts';
import { describeReason } from '../planning/reason.ts';
import { whatIf } from '../planning/what-if.ts';
import { parseNvr } from '../rpm/nevra.ts';
import type { Database } from '../store/database.ts';
import { readPlanInput } from './plan-input.ts';

export interface Explained {
  readonly builds: {
    image: string;
    distroRelease: string;
    parent: string | null;
    arches: { arch: PlannedBuild['arches'][number]['arch']; reasons: string[] }[];
  }[];
  readonly leftAlone: {
    image: string;
    arch: PlannedBuild['arches'][number]['arch'] | null;
    reason: string;
  }[];
  /** Seconds, from what such builds took before; null where nothing is known. */
  readonly expectedSeconds: number | null;
}

/** @param sources - NVRs of source packages, as if every repository offered them. */
export const explainWhatIf = async (
  tx: Transaction<Database>,
  sources: readonly string[],
): Promise<Explained> => {
  const explained: Explained = { builds: [], leftAlone: [], expectedSeconds: null };
  const releases = await tx
    .selectFrom('distro_release')
    .select('name')
    .where('to_revision', 'is', null)
    .orderBy('name')
    .execute();
  const names = sources.flatMap((nvr) => parseNvr(nvr)?.name ?? []);
  for (const { name } of releases) {
    const question = { distroRelease: name, sources: names, modules: [], requests: [], references: [] };
    const { input } = await readPlanInput({ tx }, question, new Set());
    add(explained, name, whatIf(input, sources));
  }
  return explained;
};

const add = (explained: Explained, distroRelease: string, plan: Plan): void => {
  for (const build of plan.builds) {
    const parent = build.arches.map((archBuild) => archBuild.parent).find((each) => each.kind === 'planned');
    explained.builds.push({
      image: build.image,
      distroRelease,
      parent: parent?.kind === 'planned' ? parent.image : null,
      arches: build.arches.map(({ arch, reasons }) => ({ arch, reasons: reasons.map(describeReason) })),
    });
  }
  for (const { image, arch, text } of plan.leftAlone) {
    explained.leftAlone.push({ image, arch: arch ?? null, reason: text });
  }
};
