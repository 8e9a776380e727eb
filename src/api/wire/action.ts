/** What people ask flibs to do, and what it answers. */
import { z } from 'zod';
import { Arch, ImageName } from '../../../schemas/ids.ts';
import { Explained } from '../../planning/explained.ts';

/** Of what is asked for by its path alone: nothing, or an empty object. */
export const NoBody = z.strictObject({}).nullish();

export const BuildRequest = z.strictObject({
  image: ImageName,
  arches: z.array(Arch).min(1).optional().describe('Default: all of the image.'),
});
export type BuildRequest = z.infer<typeof BuildRequest>;

export const RetryRequest = z.strictObject({ arch: Arch.optional().describe('Default: all that failed.') });
export type RetryRequest = z.infer<typeof RetryRequest>;

export const ReconcileRequest = z.strictObject({
  dryRun: z.boolean().default(false).describe('True: only tells what would be nominated.'),
});
export type ReconcileRequest = z.infer<typeof ReconcileRequest>;

/** The outcome of a request, in a line for people and with what programs need. */
export const Done = z.object({
  did: z.string(),
  nomination: z.number().int().optional(),
  rebuild: z.number().int().optional(),
  nvr: z.string().optional(),
});
export type Done = z.infer<typeof Done>;

/** The names of builds have no epoch. */
const SourceNvr = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*-[A-Za-z0-9._+~^]+-[A-Za-z0-9._+~^]+$/, {
    error: 'must be name-version-release of a source package',
  });

/** A module's `name:stream:version:context`. */
const ModuleNsvc = z
  .string()
  .max(300)
  .regex(/^[^:\s]+:[^:\s]+:[^:\s]+:[^:\s]+$/, { error: 'must be name:stream:version:context of a module' });

export const WhatIfRequest = z
  .strictObject({
    sources: z.array(SourceNvr).max(200).default([]).describe('NVRs of source packages, as if on offer.'),
    modules: z.array(ModuleNsvc).max(200).default([]).describe('As if they were listed.'),
    bases: z
      .array(z.string().min(1).max(500))
      .max(200)
      .default([])
      .describe('Pullspecs of external bases, or their repositories, as if they had moved.'),
    images: z.array(ImageName).max(200).default([]).describe('As if their source had changed.'),
  })
  .refine(
    ({ sources, modules, bases, images }) =>
      sources.length + modules.length + bases.length + images.length > 0,
    'name a source, a module, a base or an image',
  );
export type WhatIfRequest = z.infer<typeof WhatIfRequest>;

/** As the planner explains it. */
export const WhatIf = Explained;
export type WhatIf = Explained;
