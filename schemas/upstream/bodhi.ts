/**
 * Bodhi's `bodhi.update.complete.stable` and `.testing`: the composer has pushed an update. Sent for RPMs, modules,
 * containers and flatpaks alike, and never for releases that Bodhi does not compose (Rawhide, ELN).
 */
import { z } from 'zod';
import { AdvisoryId, Text } from './names.ts';

/** Upper bound of builds in one update; Fedora's largest have a few hundred. */
const mostBuilds = 2000;

/** Told first: whose update it is, and of what. */
export const BodhiUpdateTarget = z.object({
  update: z.object({
    release: z.object({ name: Text }),
    /** `rpm`, `module`, `container` or `flatpak`; absent before Bodhi 3. */
    content_type: Text.nullish(),
  }),
});
export type BodhiUpdateTarget = z.infer<typeof BodhiUpdateTarget>;

export const BodhiUpdateComplete = z.object({
  update: z.object({
    alias: AdvisoryId.nullish(),
    /** Before 2015 the only id; later equal to the alias. */
    updateid: AdvisoryId.nullish(),
    /** `security`, `bugfix`, `enhancement`, `newpackage`. */
    type: Text.nullish(),
    /** `urgent`, `high`, `medium`, `low`, `unspecified`. */
    severity: Text.nullish(),
    /** `type` is of the build: what the content type is of the update, and older. */
    builds: z
      .array(z.object({ nvr: z.string().max(512), type: Text.nullish() }))
      .min(1)
      .max(mostBuilds),
  }),
});
export type BodhiUpdateComplete = z.infer<typeof BodhiUpdateComplete>;
