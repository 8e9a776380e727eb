/** Arch builds and the images they make up. */
import { z } from 'zod';
import { Arch, ArtifactDigest, ContentId, IndexDigest, ManifestDigest, Nvr, RunId } from '../ids.ts';
import { defineEvent } from './event.ts';
import { OfBuild, OfOneArch, ofBuild, ofOneArch } from './of-build.ts';

/** Whose fault a failure is: `infrastructure` is tried again, the others wait for a person or a new source. */
export const FailureClass = z.enum(['infrastructure', 'source', 'content']);
export type FailureClass = z.infer<typeof FailureClass>;

export const ArchBuildStarted = defineEvent({
  ...ofOneArch,
  topic: 'flibs.archbuild.started',
  description: 'A worker has begun an arch build.',
  body: OfOneArch.extend({ run: RunId, worker: z.string() }),
});

export const ArchBuildFinished = defineEvent({
  ...ofOneArch,
  topic: 'flibs.archbuild.finished',
  description: 'An arch build succeeded, or made the very content its baseline has.',
  body: OfOneArch.extend({
    outcome: z.enum(['succeeded', 'unchanged']),
    run: RunId,
    manifestDigest: ManifestDigest,
    contentId: ContentId,
    contentList: ArtifactDigest,
    log: ArtifactDigest,
  }),
});

export const ArchBuildFailed = defineEvent({
  ...ofOneArch,
  topic: 'flibs.archbuild.failed',
  severity: 40,
  description: 'An arch build failed for good.',
  body: OfOneArch.extend({
    run: RunId.optional(),
    failureClass: FailureClass,
    error: z.string().max(4096),
  }),
});

const Hold = OfOneArch.extend({
  /** A line each; at most 50. */
  awaits: z.array(z.string()).max(50),
  since: z.iso.datetime(),
  deadline: z.iso.datetime(),
});

export const ArchBuildHeld = defineEvent({
  ...ofOneArch,
  topic: 'flibs.archbuild.held',
  description:
    'An arch build waits for packages that are on offer for other arches of its image, and not yet for its own.',
  body: Hold,
});

export const ArchBuildOverdue = defineEvent({
  ...ofOneArch,
  topic: 'flibs.archbuild.overdue',
  severity: 40,
  description:
    'What an arch build waits for was not on offer at its deadline; it goes on waiting, and its index.',
  body: Hold,
});

export const ImageLooped = defineEvent({
  ...ofOneArch,
  topic: 'flibs.image.looped',
  severity: 40,
  description:
    'An arch build has the very content of an earlier build of its image whose effects led to it, or many releases of its image led to it one after the other; it is stopped there.',
  body: OfOneArch.extend({
    contentId: ContentId,
    /** With its content, or the last of those that led to it. */
    metBefore: Nvr,
    /** Set where the content is another each time: releases of the image that led to it. */
    rounds: z.number().int().positive().optional(),
    /** Builds that led to it, oldest first; the newest 50. */
    chain: z.array(Nvr).max(50),
    reason: z.string().max(4096),
  }),
});

export const ContentRecorded = defineEvent({
  ...ofOneArch,
  topic: 'flibs.content.recorded',
  severity: 10,
  description: 'What is in a newly built manifest is in the store.',
  body: OfOneArch.extend({ manifestDigest: ManifestDigest, rpmCount: z.number().int() }),
});

/** One entry of an index. */
export const IndexEntry = z.object({
  arch: Arch,
  manifestDigest: ManifestDigest,
  /** The NVR whose index this entry was carried forward from; absent where newly built. */
  carriedFrom: Nvr.optional(),
});
export type IndexEntry = z.infer<typeof IndexEntry>;

/** An arch that a candidate goes on without: a best-effort one, or one whose packages were not on offer in time. */
export const StaleArch = z.object({
  arch: Arch,
  /** Where its entry was built; absent: the arch is not in the index. */
  carriedFrom: Nvr.optional(),
  /** Why it could not be built. */
  error: z.string().max(4096),
  /** What it was to be built for, a line each; at most 50. */
  lacks: z.array(z.string()),
});
export type StaleArch = z.infer<typeof StaleArch>;

export const ImageCandidateReady = defineEvent({
  ...ofBuild,
  topic: 'flibs.image.candidate.ready',
  description: 'A multi-arch index lies in the candidate registry and may be tested.',
  body: OfBuild.extend({
    indexDigest: IndexDigest,
    /** `registry/repository@sha256:...` */
    pullspec: z.string(),
    arches: z.array(IndexEntry),
    /** Arches that could not be built and need not be, carried forward or left out. */
    stale: z.array(StaleArch).optional(),
  }),
});

export const ImageArchStale = defineEvent({
  ...ofOneArch,
  topic: 'flibs.image.arch.stale',
  severity: 30,
  description:
    'An image went on without an arch that could not be built and need not be; told again while that lasts.',
  body: OfBuild.extend({
    ...StaleArch.shape,
    since: z.iso.datetime(),
    /** How often it has been told. */
    told: z.number().int().positive(),
    /** When it is told again. */
    expiresAt: z.iso.datetime(),
  }),
});

export const ImageUnchanged = defineEvent({
  ...ofBuild,
  topic: 'flibs.image.unchanged',
  description: 'A build made what its baseline already has, on every arch; nothing is published.',
  body: OfBuild.extend({ baseline: Nvr }),
});

export const ImageFailed = defineEvent({
  ...ofBuild,
  topic: 'flibs.image.failed',
  severity: 40,
  description: 'A build cannot be completed.',
  body: OfBuild.extend({ reason: z.string().max(4096) }),
});
