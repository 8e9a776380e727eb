/** An image definition as the store keeps it: what a folder's Containerfile, container.yaml and gating.yaml say. */
import { z } from 'zod';
import { Arch, ArtifactDigest, DistroReleaseName, ImageName } from '../ids.ts';
import { Instant } from '../instant.ts';

/** The command that the smoke tester has run in the image, on each arch. Exit status 0 passes. */
export const SmokeTest = z.object({
  /** Argument list, never given to a shell unless it names one. */
  command: z.array(z.string().min(1)).min(1),
  /** Seconds. */
  timeout: z.number().int().positive().max(3600).default(120),
});
export type SmokeTest = z.infer<typeof SmokeTest>;

/** One `FROM`. The final stage's parent is a layer edge, a builder stage's a build-only edge. */
export const Parent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), image: ImageName, edge: z.enum(['layer', 'build-only']) }),
  z.object({
    kind: z.literal('external'),
    pullspec: z.string().min(1),
    edge: z.enum(['layer', 'build-only']),
  }),
]);
export type Parent = z.infer<typeof Parent>;

/** How the image is made. */
export const Recipe = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('containerfile'), path: z.string().min(1) }),
  z.object({ kind: z.literal('packages'), packages: z.array(z.string().min(1)).min(1) }),
  /** The packages of a module's profiles, of its default ones where none is named. */
  z.object({
    kind: z.literal('module'),
    /** `name:stream`. */
    module: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*:[A-Za-z0-9_][A-Za-z0-9._+-]*$/),
    profiles: z.array(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/)),
  }),
]);
export type Recipe = z.infer<typeof Recipe>;

/** Built elsewhere and taken in from a registry: flibs plans for it and cannot build it. */
export const AdoptedRecipe = z.object({
  kind: z.literal('adopted'),
  /** `registry/repository`. */
  from: z.string().min(1),
});

/** One `!PassingTestCaseRule` of gating.yaml, with what its policy says of when it holds. */
export const GatingRule = z.object({
  /** It must have passed for the index and on every arch. */
  testCase: z.string().min(1),
  /** Absent: every scenario that results name. */
  scenario: z.string().min(1).optional(),
  /** It holds for builds begun from then on. */
  validSince: Instant.optional(),
  /** It holds for builds begun before. */
  validUntil: Instant.optional(),
  /** Each arch of a subject must have reported; for the index of an image that is so in any case. */
  arches: z.literal('required').optional(),
  /** Seconds from when the build was begun, after which waiting is an alarm. */
  alarmAfter: z.number().int().positive().optional(),
  /** The policy's id. */
  policy: z.string().optional(),
  /** For whom it holds among those that ask by Greenwave's API; absent: for all. The image's own gate takes it in any case. */
  decisionContexts: z.array(z.string()).optional(),
  subjectTypes: z.array(z.string()).optional(),
  /** Shell patterns of components; absent: all. */
  packages: z.array(z.string()).optional(),
  excludedPackages: z.array(z.string()).optional(),
});
export type GatingRule = z.infer<typeof GatingRule>;

export const ImageDefinition = z.object({
  name: ImageName,
  /** Name in NVRs: label `com.redhat.component`, else the image's name. */
  component: z.string().min(1),
  version: z.string().regex(/^[A-Za-z0-9._+~^]+$/),
  distroRelease: DistroReleaseName,
  parents: z.array(Parent),
  recipe: z.union([Recipe, AdoptedRecipe]),
  /** The distro release's arches after platforms.only and platforms.not. */
  arches: z.array(Arch).min(1),
  /** Those of them that the image goes on without where they fail; the others must succeed. */
  bestEffort: z.array(Arch).optional(),
  owners: z.array(z.string()),
  /** False: flibs explains what it would do, and does it only when a person asks. */
  autoRebuild: z.boolean(),
  /** Which packages of its external base it upgrades; absent: `security` for a package list, else `never`. */
  upgradeInherited: z.enum(['security', 'always', 'never']).optional(),
  /** What follows when a build that it introduces is withdrawn; absent: an alarm, and nothing is built. */
  onWithdrawal: z.literal('rebuild').optional(),
  /** True: rebuilt as well when an image is that it only takes files from. */
  followsBuildParents: z.boolean().optional(),
  /** Labels and command of an image given as a package list. */
  labels: z.record(z.string(), z.string()),
  command: z.array(z.string()).optional(),
  smokeTest: SmokeTest.optional(),
  gating: z.array(GatingRule),
  /** Git tree id of the folder, computed by git's own rules whether or not it lies in a repository. */
  treeId: z.string().regex(/^[0-9a-f]{40}$/),
  /** Unix time, seconds: the commit that last touched the folder, else the newest file in it. */
  sourceTime: z.number().int().nonnegative(),
  /** The folder as an artifact in the registry; set by the definitions-loader. */
  sources: ArtifactDigest.optional(),
});
export type ImageDefinition = z.infer<typeof ImageDefinition>;
