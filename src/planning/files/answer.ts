/** A plan as a file: what `flibs plan --json` and `flibs what-if --json` print. */
import { z } from 'zod';
import { Proof } from '../../../schemas/commands/run.ts';
import { InventoryImageName as Name } from '../../../schemas/files/inventory.ts';
import { Arch, DistroReleaseName, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import { LeftAloneReason } from '../left-alone.ts';
import { Reason } from '../reason.ts';
import { Held } from './held-files.ts';
import { Wait } from './waits.ts';

const text = z.string().describe('The reason in one line, for people.');

const PlannedOn = z.discriminatedUnion('kind', [
  z
    .object({ kind: z.literal('planned'), image: Name })
    .describe('The build of this image in this plan, same arch.'),
  z
    .object({
      kind: z.literal('baseline'),
      image: Name,
      nvr: Nvr,
      manifestDigest: ManifestDigest.optional().describe('Where the inventory gives it.'),
    })
    .describe('The present manifest of this image; `nvr` is the build that made it.'),
  z.object({ kind: z.literal('external'), pullspec: z.string() }),
  z.object({ kind: z.literal('none') }).describe('Built from scratch.'),
]);
export type PlannedOn = z.infer<typeof PlannedOn>;

const ArchBuild = z.object({
  arch: Arch,
  parent: PlannedOn.describe('What it is built on. `planned`: it starts when that arch build has succeeded.'),
  buildParents: z.array(PlannedOn).describe("Of builder stages, in the definition's order."),
  reasons: z.array(z.object({ reason: Reason, text })).describe('At least one.'),
  proofs: z.array(Proof).describe('What its content must show when it is built.'),
  bestEffort: z.literal(true).optional().describe('It may fail: the index goes on without it.'),
  held: Held.optional().describe('It waits for what another arch of its image has on offer already.'),
  waits: z.array(Wait).optional().describe('What keeps it from starting as soon as it could.'),
});

const Build = z.object({
  image: Name,
  distroRelease: DistroReleaseName,
  baseline: Nvr.nullable().describe('The NVR it is planned against; null where there is none.'),
  arches: z.array(ArchBuild),
  carried: z
    .array(z.object({ arch: Arch, nvr: Nvr, manifestDigest: ManifestDigest.optional() }))
    .describe('Arches with nothing to change: the index keeps them; `nvr` is the build that made them.'),
  lacks: z
    .array(Arch)
    .optional()
    .describe('Arches of the image that the index goes without: neither built nor carried.'),
  heldUntilDecided: Nvr.optional().describe(
    'Something is carried from this candidate: the build is held until it is decided.',
  ),
});

export const PlanAnswer = z.object({
  schemaVersion: z.literal(1),
  builds: z.array(Build).describe('Each after everything it is built from.'),
  leftAlone: z
    .array(
      z.object({
        image: Name,
        arch: Arch.optional().describe('Absent: all of its arches.'),
        reason: LeftAloneReason,
        text,
      }),
    )
    .describe(
      'Every image and arch of the inventory that is not built, by name. An arch that is built may be listed too: as blocked from a further fix.',
    ),
  alarms: z
    .array(
      z.object({
        image: Name,
        arch: Arch,
        package: z.string().describe('NEVRA.'),
        build: z.string().describe('NVR of the source package.'),
        references: z.array(z.string()),
      }),
    )
    .optional()
    .describe('Packages of withdrawn builds that images go on to hold, whatever is built.'),
  remarks: z
    .array(z.object({ at: z.string().describe('Place in the inventory or the change.'), text: z.string() }))
    .describe('What met nothing, and so may be mistaken.'),
});
export type PlanAnswer = z.infer<typeof PlanAnswer>;
