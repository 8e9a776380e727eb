/** Why an image is not rebuilt for a source: the planner on the present contents and offers, for that image alone. */
import type { Transaction } from 'kysely';
import { z } from 'zod';
import { Arch, type ImageName } from '../../../schemas/ids.ts';
import { PauseNote, pauseNotes } from '../../planning/paused.ts';
import { plan } from '../../planning/plan.ts';
import type { Plan } from '../../planning/plan-types.ts';
import { describeReason } from '../../planning/reason.ts';
import { parseNvr } from '../../rpm/nevra.ts';
import type { Database } from '../../store/database.ts';
import { existingImage } from '../defining/in-force.ts';
import { pausesInForce } from '../pausing/in-force.ts';
import { readPlanInput } from '../planning/plan-input.ts';

export const WhyNot = z.object({
  image: z.string(),
  source: z.string(),
  distroRelease: z.string(),
  arches: z.array(
    z.object({
      arch: Arch,
      planned: z.boolean().describe('True: it would be built if the source were nominated now.'),
      reasons: z.array(z.string()).describe('Why it would, or why not.'),
    }),
  ),
  underWay: z
    .array(z.object({ nvr: z.string(), arch: Arch, state: z.string() }))
    .describe('Arch builds of the image that have not ended: what they bring is not counted yet.'),
  paused: z.array(PauseNote).describe('What people have paused that keeps it, or what it stands on.'),
});
export type WhyNot = z.infer<typeof WhyNot>;

/**
 * @param source - a source package, by its name or as an NVR
 * @throws {@link Refused} where there is no such image.
 */
export const whyNot = async (
  tx: Transaction<Database>,
  image: ImageName,
  source: string,
): Promise<WhyNot> => {
  const { distroRelease, arches } = await existingImage({ tx }, image);
  // What ends like a version and a release may as well be a name: java-17-openjdk.
  const sources = [source, ...(parseNvr(source) ? [parseNvr(source)?.name ?? source] : [])];
  const question = { distroRelease, sources, modules: [], requests: [], references: [] };
  const { input } = await readPlanInput({ tx }, question);
  const made = plan(input);
  return {
    image,
    source,
    distroRelease,
    arches: Arch.options
      .filter((arch) => arches.includes(arch))
      .map((arch) => ({ arch, ...toldOf(made, { image, arch, source }) })),
    underWay: await archBuildsUnderWay(tx, image),
    paused: [...pauseNotes(await pausesInForce({ tx }), new Set([image, ...keptBy(made, image)]))],
  };
};

const archBuildsUnderWay = (tx: Transaction<Database>, image: ImageName): Promise<WhyNot['underWay']> =>
  tx
    .selectFrom('arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['build.nvr', 'arch_build.arch', 'arch_build.state'])
    .where('build.image', '=', image)
    .where('build.ended_at', 'is', null)
    .where('arch_build.ended_at', 'is', null)
    .orderBy('build.id')
    .orderBy('arch_build.arch')
    .execute();

/** Images that are left alone themselves, and keep it so. */
const keptBy = (made: Plan, image: ImageName): readonly string[] =>
  made.leftAlone.flatMap((one) =>
    one.image === image && one.reason.kind === 'blocked' ? [one.reason.by] : [],
  );

const toldOf = (
  made: Plan,
  { image, arch, source }: { image: ImageName; arch: Arch; source: string },
): { planned: boolean; reasons: string[] } => {
  const archBuild = made.builds
    .find((build) => build.image === image)
    ?.arches.find((one) => one.arch === arch);
  if (archBuild) return { planned: true, reasons: archBuild.reasons.map(describeReason) };
  const reasons = made.leftAlone
    .filter((one) => one.image === image && (one.arch === undefined || one.arch === arch))
    .filter(({ reason }) => reason.kind !== 'without-it')
    .map(({ text }) => text);
  // What the question does not reach has nothing of it.
  return { planned: false, reasons: reasons.length > 0 ? reasons : [`holds nothing built from ${source}`] };
};
