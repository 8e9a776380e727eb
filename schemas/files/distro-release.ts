/** A distro release as configuration gives it. */
import { z } from 'zod';
import { Arch, DistroReleaseName } from '../ids.ts';

/** One RPM repository; `$basearch` in the baseurl stands for the arch. */
export const RpmRepository = z.object({
  id: z.string().regex(/^[A-Za-z0-9._-]+$/),
  /** `http:`, `https:` or `file:`. */
  baseurl: z.url({ protocol: /^(https?|file)$/ }),
  /** Arches it exists for; absent: all of the release. */
  arches: z.array(Arch).optional(),
  /** Armoured public keys, as file paths or `file:` URLs. At least one: signatures are always checked. */
  gpgkeys: z.array(z.string().min(1)).min(1),
});
export type RpmRepository = z.infer<typeof RpmRepository>;

/** What becomes of an arch build at the end of its hold, where its arch must be in the index. */
export const HoldPolicy = z.object({
  /** How long it waits at most for a package that is on offer for another arch of its image; 0: nothing is held. */
  hours: z.number().nonnegative().default(6),
  /**
   * What then. `wait`: it goes on waiting. `drop`: the index goes on without it, and keeps the older arch. `alarm`: it
   * goes on waiting, and that is told.
   */
  atDeadline: z.enum(['wait', 'drop', 'alarm']).default('alarm'),
});
export type HoldPolicy = z.infer<typeof HoldPolicy>;

export const DistroRelease = z.object({
  name: DistroReleaseName,
  /** Product version as Greenwave has it: `fedora-40`. */
  productVersion: z.string().min(1),
  /** `%{dist}` without its dot, part of release numbers' neighbours and of `--releasever`. */
  releasever: z.string().min(1),
  /** dist-git branch. */
  branch: z.string().min(1),
  arches: z.array(Arch).min(1),
  repositories: z.array(RpmRepository),
  koji: z
    .object({
      /** `instance` in Koji's messages: `primary` for Fedora's own. */
      instance: z.string().default('primary'),
      /** Tags into which a build is on its way to the repositories above. */
      tags: z.array(z.string().min(1)).default([]),
      /** Build tags whose `repo.done` makes us look at the repositories. */
      buildTags: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Names of the release in Bodhi's messages; its own name is always one. */
  bodhiNames: z.array(z.string()).default([]),
  /** For arches that must not fail. A best-effort one is dropped at its deadline, whatever is to happen then. */
  hold: HoldPolicy.prefault({}),
});
export type DistroRelease = z.infer<typeof DistroRelease>;

/** A distro release as the store keeps it: with the keys themselves, so that workers need no files. */
export const LoadedDistroRelease = DistroRelease.extend({
  repositories: z.array(RpmRepository.extend({ keys: z.array(z.string().min(1)).min(1) })),
});
export type LoadedDistroRelease = z.infer<typeof LoadedDistroRelease>;
