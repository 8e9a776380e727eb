/** Arch builds and the images they make up. */
import { z } from 'zod';
import {
  Arch,
  ArtifactDigest,
  ContentId,
  ImageName,
  IndexDigest,
  ManifestDigest,
  Nvr,
  RunId,
} from '../ids.ts';
import { defineEvent, EventBase } from './event.ts';

/** Whose fault a failure is: `infrastructure` is tried again, the others wait for a person or a new source. */
export const FailureClass = z.enum(['infrastructure', 'source', 'content']);
export type FailureClass = z.infer<typeof FailureClass>;

const ArchBuildBase = EventBase.extend({ nvr: Nvr, image: ImageName, arch: Arch });
const ofArchBuild = {
  major: 1,
  subject: (body: { nvr: string; arch: string }) => `${body.nvr}.${body.arch}`,
  concerns: (body: { image: string }) => ({ containers: [body.image] }),
};

export const ArchBuildStarted = defineEvent({
  ...ofArchBuild,
  topic: 'flibs.archbuild.started',
  description: 'A worker has begun an arch build.',
  body: ArchBuildBase.extend({ run: RunId, worker: z.string() }),
});

export const ArchBuildFinished = defineEvent({
  ...ofArchBuild,
  topic: 'flibs.archbuild.finished',
  description: 'An arch build succeeded, or made the very content its baseline has.',
  body: ArchBuildBase.extend({
    outcome: z.enum(['succeeded', 'unchanged']),
    run: RunId,
    manifestDigest: ManifestDigest,
    contentId: ContentId,
    contentList: ArtifactDigest,
    log: ArtifactDigest,
  }),
});

export const ArchBuildFailed = defineEvent({
  ...ofArchBuild,
  topic: 'flibs.archbuild.failed',
  severity: 40,
  description: 'An arch build failed for good.',
  body: ArchBuildBase.extend({
    run: RunId.optional(),
    failureClass: FailureClass,
    error: z.string().max(4096),
  }),
});

export const ContentRecorded = defineEvent({
  ...ofArchBuild,
  topic: 'flibs.content.recorded',
  severity: 10,
  description: 'What is in a newly built manifest is in the store.',
  body: ArchBuildBase.extend({ manifestDigest: ManifestDigest, rpmCount: z.number().int() }),
});

/** One entry of an index. */
export const IndexEntry = z.object({
  arch: Arch,
  manifestDigest: ManifestDigest,
  /** The NVR whose index this entry was carried forward from; absent where newly built. */
  carriedFrom: Nvr.optional(),
});
export type IndexEntry = z.infer<typeof IndexEntry>;

export const ImageCandidateReady = defineEvent({
  topic: 'flibs.image.candidate.ready',
  major: 1,
  description: 'A multi-arch index lies in the candidate registry and may be tested.',
  body: EventBase.extend({
    nvr: Nvr,
    image: ImageName,
    indexDigest: IndexDigest,
    /** `registry/repository@sha256:...` */
    pullspec: z.string(),
    arches: z.array(IndexEntry),
  }),
  subject: (body) => body.nvr,
  concerns: (body) => ({ containers: [body.image] }),
});

export const ImageUnchanged = defineEvent({
  topic: 'flibs.image.unchanged',
  major: 1,
  description: 'A build made what its baseline already has, on every arch; nothing is published.',
  body: EventBase.extend({ nvr: Nvr, image: ImageName, baseline: Nvr }),
  subject: (body) => body.nvr,
  concerns: (body) => ({ containers: [body.image] }),
});

export const ImageFailed = defineEvent({
  topic: 'flibs.image.failed',
  major: 1,
  severity: 40,
  description: 'A build cannot be completed.',
  body: EventBase.extend({ nvr: Nvr, image: ImageName, reason: z.string().max(4096) }),
  subject: (body) => body.nvr,
  concerns: (body) => ({ containers: [body.image] }),
});
