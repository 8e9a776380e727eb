/** What people ask flibs to do, and what it answers. */
import { z } from 'zod';
import { Arch, ImageName } from '../../../schemas/ids.ts';
import { LeftAlone } from './rebuild.ts';

export const BuildRequest = z.strictObject({
  image: ImageName,
  arches: z.array(Arch).min(1).optional().describe('Default: all of the image.'),
});
export type BuildRequest = z.infer<typeof BuildRequest>;

export const RetryRequest = z.strictObject({ arch: Arch.optional().describe('Default: all that failed.') });
export type RetryRequest = z.infer<typeof RetryRequest>;

/** The outcome of a request, in a line for people and with what programs need. */
export const Done = z.object({
  did: z.string(),
  nomination: z.number().int().optional(),
  rebuild: z.number().int().optional(),
  nvr: z.string().optional(),
});
export type Done = z.infer<typeof Done>;

/** `name-version-release` of a source package; an epoch may stand before the version. */
const SourceNvr = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*-(?:[0-9]+:)?[A-Za-z0-9._+~^]+-[A-Za-z0-9._+~^]+$/, {
    error: 'must be name-version-release of a source package',
  });

export const WhatIfRequest = z.strictObject({ sources: z.array(SourceNvr).min(1).max(200) });
export type WhatIfRequest = z.infer<typeof WhatIfRequest>;

export const WhatIf = z.object({
  builds: z
    .array(
      z.object({
        image: z.string(),
        distroRelease: z.string(),
        parent: z.string().nullable().describe('The image that is rebuilt first.'),
        arches: z.array(z.object({ arch: Arch, reasons: z.array(z.string()) })),
      }),
    )
    .describe('In an order in which they could be built.'),
  leftAlone: z.array(LeftAlone),
  expectedSeconds: z
    .number()
    .nullable()
    .describe('From what such builds took before; null where nothing is known.'),
});
export type WhatIf = z.infer<typeof WhatIf>;
