/**
 * What happened, or might: nominations, and what has come on offer with them. `flibs plan` reads it next to an
 * inventory. A nomination is written as `flibs messages parse --json` prints it; severity and reference may be left out.
 */
import { z } from 'zod';
import { Arch, DistroReleaseName } from '../ids.ts';
import { Severity } from '../nomination.ts';
import { UpdateType } from '../update-type.ts';
import { InventoryImageName, InventoryOffer } from './inventory.ts';

const said = {
  severity: Severity.default('none'),
  reference: z.string().default('').describe('What said so: an advisory, a tag. Told as the reason.'),
};

const namedImages = {
  images: z.array(InventoryImageName).min(1),
  distroRelease: DistroReleaseName.optional(),
};

const ChangeNomination = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('packages'),
    distroRelease: DistroReleaseName,
    sources: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('Of the source package.'),
          version: z.string().optional(),
          release: z.string().optional(),
        }),
      )
      .min(1)
      .describe('They only say where to look: what is newer is decided by what is on offer.'),
    updateType: UpdateType.optional().describe('As rules know it. Default: unspecified.'),
    ...said,
  }),
  z.strictObject({
    kind: z.literal('withdrawal'),
    distroRelease: DistroReleaseName,
    sources: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('Of the source package.'),
          version: z.string().min(1),
          release: z.string().min(1),
        }),
      )
      .min(1)
      .describe('Builds that are no longer to be had. What is on offer all the same is not withdrawn.'),
    ...said,
  }),
  z.strictObject({
    kind: z.literal('module'),
    name: z.string().min(1),
    stream: z.string().min(1),
    version: z.string().min(1),
    context: z.string().min(1),
    ...said,
  }),
  z
    .strictObject({
      kind: z.literal('base'),
      pullspec: z
        .string()
        .min(1)
        .optional()
        .describe('Of the external base that moved, or its repository alone.'),
      pullspecs: z.array(z.string().min(1)).min(1).optional().describe('Instead, where several moved.'),
      arches: z.array(Arch).min(1).optional().describe('On which it moved. Default: all.'),
      ...said,
    })
    .refine(({ pullspec, pullspecs }) => (pullspec === undefined) !== (pullspecs === undefined), {
      error: 'names no base: give `pullspec`, or `pullspecs`, not both',
    }),
  z.strictObject({ kind: z.literal('sources'), ...namedImages, ...said }),
  z.strictObject({
    kind: z.literal('manual'),
    ...namedImages,
    arches: z.array(Arch).min(1).optional().describe('Default: all of each.'),
    ...said,
  }),
]);
export type ChangeNomination = z.infer<typeof ChangeNomination>;

export const Change = z.strictObject({
  schemaVersion: z.literal(1),
  nominations: z.array(ChangeNomination),
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When: rules and pauses are judged at this time. Without it every pause is in force.'),
  offers: z.array(InventoryOffer).default([]).describe("What is on offer besides the inventory's offers."),
});
export type Change = z.infer<typeof Change>;
