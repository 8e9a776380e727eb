/** What is nominated, offered, defined and planned. */
import { z } from 'zod';
import { Arch, DistroReleaseName, ImageName, Nvr } from '../ids.ts';
import { Severity } from '../nomination.ts';
import { defineEvent, EventBase } from './event.ts';

/** Lists in events are bounded (ARCHITECTURE rule 15); the store holds them whole. */
const bounded = <T extends z.ZodType>(item: T) => z.array(item).max(200);

export const ContentNominated = defineEvent({
  topic: 'flibs.content.nominated',
  major: 1,
  description: 'A message named something that images may contain; the planner looks whether they do.',
  body: EventBase.extend({
    nomination: z.number().int(),
    nominationKind: z.enum(['packages', 'module', 'base', 'sources', 'parents', 'manual', 'withdrawal']),
    distroReleases: bounded(DistroReleaseName),
    sources: bounded(z.string()),
    images: bounded(ImageName),
    modules: bounded(z.string()),
    /** Names of external bases; only the first 200. */
    bases: bounded(z.string()).optional(),
    severity: Severity,
    reference: z.string(),
  }),
  subject: (body) => body.reference,
  concerns: (body) => ({ rpms: body.sources, containers: body.images, modules: body.modules }),
});

export const OffersChanged = defineEvent({
  topic: 'flibs.offers.changed',
  major: 1,
  description: 'Repositories of a distro release list other packages than before.',
  body: EventBase.extend({
    distroRelease: DistroReleaseName,
    arches: bounded(Arch),
    /** Sources with something new on offer; only the first 200. */
    sources: bounded(z.string()),
    sourceCount: z.number().int(),
    /** Builds of modules that are newly listed, `name:stream:version:context`; only the first 200. */
    modules: bounded(z.string()).optional(),
    /** Sources on offer before of which an advisory says something else now; only the first 200. */
    readvised: bounded(z.string()).optional(),
  }),
  subject: (body) => body.distroRelease,
  concerns: (body) => ({
    rpms: [...body.sources, ...(body.readvised ?? [])],
    modules: (body.modules ?? []).map((label) => label.split(':', 1)[0] ?? ''),
  }),
});

export const DefinitionsChanged = defineEvent({
  topic: 'flibs.definitions.changed',
  major: 1,
  description: 'Another revision of the image definitions is in force.',
  body: EventBase.extend({
    revision: z.number().int(),
    imageCount: z.number().int(),
    changed: bounded(ImageName),
  }),
  subject: (body) => String(body.revision),
  concerns: (body) => ({ containers: body.changed }),
});

export const RebuildPlanned = defineEvent({
  topic: 'flibs.rebuild.planned',
  major: 1,
  description: 'What is to be built, per image and arch, is decided.',
  body: EventBase.extend({
    rebuild: z.number().int(),
    distroRelease: DistroReleaseName,
    reference: z.string(),
    /** flibs only observes: nothing of it will be built. */
    observed: z.boolean().optional(),
    builds: bounded(z.object({ nvr: Nvr, image: ImageName, arches: z.array(Arch) })),
    buildCount: z.number().int(),
    archBuildCount: z.number().int(),
    /** Builds under way that took on its causes. */
    joined: bounded(z.object({ nvr: Nvr, image: ImageName, arches: z.array(Arch) })).optional(),
    joinedCount: z.number().int().optional(),
  }),
  subject: (body) => String(body.rebuild),
  concerns: (body) => ({ containers: body.builds.map((build) => build.image) }),
});

/** How near a rebuild came to what no order of its work could stay below. Seconds of the store's clock. */
export const RebuildSchedule = z.object({
  seconds: z.number().describe('From its plan to the end of its last arch build.'),
  boundSeconds: z
    .number()
    .optional()
    .describe(
      'What no order of its arch builds could stay below on these workers; absent where an arch had none.',
    ),
  criticalPathSeconds: z.number().describe('Its longest chain of arch builds.'),
  pools: z.array(
    z.object({
      arch: Arch,
      slots: z.number().int().describe('Of the workers that were heard of meanwhile.'),
      archBuilds: z.number().int(),
      workSeconds: z.number().describe('All of them one after another.'),
      boundSeconds: z.number().optional(),
    }),
  ),
});
export type RebuildSchedule = z.infer<typeof RebuildSchedule>;

export const RebuildFinished = defineEvent({
  topic: 'flibs.rebuild.finished',
  major: 1,
  description: 'Every arch build of a rebuild has ended. The outcome is counted, never one word.',
  body: EventBase.extend({
    rebuild: z.number().int(),
    distroRelease: DistroReleaseName,
    outcome: z.record(z.string(), z.number().int()),
    schedule: RebuildSchedule.optional(),
    /** That it had built, or tried to; only the first 200. */
    images: bounded(ImageName).optional(),
  }),
  subject: (body) => String(body.rebuild),
  concerns: (body) => ({ containers: body.images ?? [] }),
});
