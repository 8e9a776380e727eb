/** A plan in words: what what-if answers, online and from files. */
import { z } from 'zod';
import { Arch, type ImageName } from '../../schemas/ids.ts';
import type { LeftAlone } from './left-alone.ts';
import { PauseNote } from './paused.ts';
import type { Plan, PlannedArchBuild, PlannedBuild } from './plan-types.ts';
import { describeReason } from './reason.ts';
import { toEnd } from './to-end.ts';

export const Explained = z.object({
  builds: z
    .array(
      z.object({
        image: z.string(),
        distroRelease: z.string(),
        parent: z.string().nullable().describe('The image that is rebuilt first.'),
        arches: z.array(
          z.object({
            arch: Arch,
            after: z.array(z.string()).describe('Images that are rebuilt first on this arch.'),
            reasons: z.array(z.string()),
          }),
        ),
      }),
    )
    .describe('In an order in which they could be built.'),
  leftAlone: z.array(z.object({ image: z.string(), arch: Arch.nullable(), reason: z.string() })),
  remarks: z
    .array(z.string())
    .describe('What of the supposition makes no difference: builds are then due to what is on offer anyway.'),
  paused: z
    .array(PauseNote)
    .describe('What people have paused that this is about; empty where it is told from a file.'),
  expectedSeconds: z
    .number()
    .nullable()
    .describe(
      'At the least, by what such builds took before, on the workers there are; null where an arch has none, and where it is told from a file.',
    ),
});
export type Explained = z.infer<typeof Explained>;

/** `leftAlone`: the plan's own, and what else is. */
export const explainedOf = (
  made: Plan,
  releaseOf: (image: ImageName) => string,
  leftAlone: readonly LeftAlone[] = made.leftAlone,
): Explained => toEnd(explainedInSteps(made, releaseOf, leftAlone));

/** The same with a step for each build. */
export function* explainedInSteps(
  made: Plan,
  releaseOf: (image: ImageName) => string,
  leftAlone: readonly LeftAlone[] = made.leftAlone,
): Generator<undefined, Explained> {
  const builds: Explained['builds'] = [];
  for (const build of made.builds) {
    builds.push(explainedBuild(build, releaseOf(build.image)));
    yield;
  }
  return {
    builds,
    leftAlone: leftAlone.map(({ image, arch, text }) => ({ image, arch: arch ?? null, reason: text })),
    remarks: [],
    paused: [],
    expectedSeconds: null,
  };
}

const explainedBuild = (
  { image, arches }: PlannedBuild,
  distroRelease: string,
): Explained['builds'][number] => {
  const parent = arches.map((archBuild) => archBuild.parent).find(({ kind }) => kind === 'planned');
  return {
    image,
    distroRelease,
    parent: parent?.kind === 'planned' ? parent.image : null,
    arches: arches.map((one) => ({
      arch: one.arch,
      after: rebuiltFirst(one),
      reasons: one.reasons.map(describeReason),
    })),
  };
};

const rebuiltFirst = ({ parent, buildParents }: PlannedArchBuild): string[] => [
  ...new Set([parent, ...buildParents].flatMap((one) => (one.kind === 'planned' ? [one.image] : []))),
];
