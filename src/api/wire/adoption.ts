/** Images that flibs did not build, taken in from their registries. */
import { z } from 'zod';
import { DistroReleaseName } from '../../../schemas/ids.ts';

export const AdoptionRequest = z.strictObject({
  pullspecs: z
    .array(z.string().min(1).max(1024))
    .min(1)
    .max(50)
    .describe('`registry/repository:tag`, or `registry/repository@sha256:...`.'),
  distroRelease: DistroReleaseName.optional().describe(
    'Default: that of the definition of the same name, or the only one there is.',
  ),
});
export type AdoptionRequest = z.infer<typeof AdoptionRequest>;

export const AdoptionOutcome = z.object({
  id: z.number().int(),
  pullspec: z.string(),
  state: z.enum(['waiting', 'adopted', 'failed']),
  nvr: z.string().nullable().describe('What it is called here.'),
  told: z.string().nullable().describe('What became of it, or why it failed.'),
});
export type AdoptionOutcome = z.infer<typeof AdoptionOutcome>;
