/** What the parents of something were rebuilt for: it would have followed them for that. */
import { Arch, ImageName } from '../../../schemas/ids.ts';
import { Reasons } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { OpenCauses } from './open-causes.ts';

/** Of packages and modules, level by level down to the images that introduce them; each within its rebuild. */
export const causesBelow = async (
  flow: Flow,
  followers: readonly OpenCauses[],
): Promise<readonly OpenCauses[]> => {
  const found = new Map<string, OpenCauses>();
  for (let level = followers; level.length > 0; ) {
    level = (await parentsOf(flow, level)).filter((one) => !found.has(keyOf(one)));
    for (const one of level) found.set(keyOf(one), one);
  }
  return [...found.values()].map((one) => ({
    ...one,
    reasons: one.reasons.filter((reason) => 'source' in reason || reason.kind === 'module'),
  }));
};

const keyOf = ({ rebuild, image, arch }: OpenCauses): string => `${rebuild} ${image} ${arch}`;

/** As they were planned in the same rebuilds, on the same arches. */
const parentsOf = async (flow: Flow, level: readonly OpenCauses[]): Promise<readonly OpenCauses[]> => {
  const wanted = new Map(
    level.flatMap((one) =>
      one.reasons.flatMap((reason) => {
        if (reason.kind !== 'inherited' && reason.kind !== 'build-parent') return [];
        const parent = { ...one, image: ImageName.parse(reason.parent) };
        return [[keyOf(parent), parent] as const];
      }),
    ),
  );
  if (wanted.size === 0) return [];
  const rows = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('arch_build', 'arch_build.build', 'build_cause.build')
    .select(['build_cause.rebuild', 'arch_build.image', 'arch_build.arch', 'arch_build.reasons'])
    .where('build_cause.rebuild', 'in', [...new Set([...wanted.values()].map(({ rebuild }) => rebuild))])
    .where('arch_build.image', 'in', [...new Set([...wanted.values()].map(({ image }) => image))])
    .orderBy('arch_build.id')
    .execute();
  return rows.flatMap((row) => {
    const follower = wanted.get(`${row.rebuild} ${row.image} ${row.arch}`);
    const reasons = Reasons.parse(row.reasons);
    return follower === undefined ? [] : [{ ...follower, arch: Arch.parse(row.arch), reasons }];
  });
};
