/** The commands a worker gets. All inputs are in them, by digest: a worker never reaches the store. */
import { z } from 'zod';
import { Evr } from '../content.ts';
import { RpmRepository } from '../files/distro-release.ts';
import { Recipe } from '../files/image.ts';
import {
  Arch,
  ArtifactDigest,
  ContentId,
  Digest,
  ImageName,
  IndexDigest,
  ManifestDigest,
  Nvr,
  RunId,
} from '../ids.ts';

const RunBase = z.object({
  schemaVersion: z.literal(1),
  run: RunId,
  nvr: Nvr,
  image: ImageName,
  arch: Arch,
  /** Where events about this run belong: W3C trace context. */
  traceparent: z.string().optional(),
});

/** A parent named by digest, in a repository the worker can pull from. */
export const PinnedParent = z.object({
  /** What the Containerfile's `FROM` says. */
  from: z.string().min(1),
  /** `registry/repository@sha256:...` of the arch's manifest. */
  pullspec: z.string().min(1),
  manifestDigest: ManifestDigest.optional(),
  edge: z.enum(['layer', 'build-only']),
});
export type PinnedParent = z.infer<typeof PinnedParent>;

/** What the finished content must show: the proof that the update is in. */
export const Proof = z.object({
  /** Binary package and its rpm arch. */
  name: z.string(),
  arch: z.string(),
  /** At least this, or the package is gone. */
  atLeast: Evr,
  /** Not this one: it was withdrawn. */
  withdrawn: Evr.optional(),
  source: z.string(),
  /** Repositories that had it on offer, named when the proof fails. */
  repositories: z.array(z.string()),
});
export type Proof = z.infer<typeof Proof>;

export const BuildCommand = RunBase.extend({
  kind: z.literal('build'),
  recipe: Recipe,
  /** `registry/repository@sha256:...` of the folder's artifact. */
  sources: z.string(),
  parents: z.array(PinnedParent),
  repositories: z.array(RpmRepository.extend({ keys: z.array(z.string()) })),
  releasever: z.string(),
  /** Module platform of images that do not tell theirs, as dnf has it: `platform:f40`. */
  platform: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  command: z.array(z.string()).optional(),
  /** Of a package list: inherited packages that are brought up to date, by name; `*`: all. */
  upgrade: z.array(z.string()).optional(),
  /** Stamped once content is known to differ: version, release, com.redhat.component, ... */
  stampedLabels: z.record(z.string(), z.string()),
  /** Unix time, seconds, from inputs only; clamps `created` and every file's time. */
  sourceDateEpoch: z.number().int().nonnegative(),
  proofs: z.array(Proof),
  /** Git tree id of the folder: part of the recipe. */
  treeId: z.string().optional(),
  baseline: z
    .object({
      contentId: ContentId,
      manifestDigest: ManifestDigest,
      /** Hash of what went into it, and its content list: where the hash is the same again, nothing is built. */
      recipe: Digest.optional(),
      contentList: ArtifactDigest.optional(),
    })
    .optional(),
  /** `registry/repository` that takes the manifest, the content list and the log. */
  destination: z.string(),
  /** Unique tag that keeps the manifest alive until an index names it. */
  tag: z.string(),
  /** Seconds after which the run is ended: infrastructure failure. */
  timeout: z.number().int().positive(),
});
export type BuildCommand = z.infer<typeof BuildCommand>;

export const TestCommand = RunBase.extend({
  kind: z.literal('test'),
  testCase: z.string(),
  /** `registry/repository@sha256:...` of the arch's manifest. */
  pullspec: z.string(),
  indexDigest: IndexDigest,
  manifestDigest: ManifestDigest,
  command: z.array(z.string()).min(1),
  timeout: z.number().int().positive(),
  /** `registry/repository` that takes the log. */
  destination: z.string(),
});
export type TestCommand = z.infer<typeof TestCommand>;

/** Stop a run: it was cancelled or superseded. */
export const CancelCommand = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('cancel'),
  run: RunId,
  reason: z.string(),
});
export type CancelCommand = z.infer<typeof CancelCommand>;

export const Command = z.discriminatedUnion('kind', [BuildCommand, TestCommand, CancelCommand]);
export type Command = z.infer<typeof Command>;

/** What a worker says about a run. Repeated until confirmed; what another run says is recorded and ignored. */
const ReportBase = z.object({ schemaVersion: z.literal(1), run: RunId, worker: z.string() });

export const Report = z.discriminatedUnion('kind', [
  ReportBase.extend({ kind: z.literal('started') }),
  /** No slot free: ready again. */
  ReportBase.extend({ kind: z.literal('refused'), reason: z.string() }),
  ReportBase.extend({
    kind: z.literal('built'),
    outcome: z.enum(['succeeded', 'unchanged']),
    manifestDigest: ManifestDigest,
    contentId: ContentId,
    contentList: ArtifactDigest,
    log: ArtifactDigest,
    /** Versions of the tools that made it, for the record. */
    toolchain: z.record(z.string(), z.string()),
    /** Hash of what went into it, where that was known before it was built. */
    recipe: Digest.optional(),
  }),
  ReportBase.extend({
    kind: z.literal('tested'),
    result: z.enum(['passed', 'failed']),
    exitCode: z.number().int(),
    /** Last lines of the output, at most 4 KiB. */
    output: z.string().max(8192),
    log: ArtifactDigest,
  }),
  ReportBase.extend({
    kind: z.literal('failed'),
    failureClass: z.enum(['infrastructure', 'source', 'content']),
    error: z.string().max(8192),
    log: ArtifactDigest.optional(),
  }),
]);
export type Report = z.infer<typeof Report>;

/** A worker's announcement every few seconds: who it is, what is free, what it has in hand (renews the leases). */
export const Announcement = z.object({
  schemaVersion: z.literal(1),
  worker: z.string().min(1).max(128),
  /** Another one under the same name means that the process is another: what the former had in hand is lost. */
  incarnation: z.uuid(),
  arches: z.array(Arch).min(1),
  labels: z.record(z.string(), z.string()),
  slots: z.number().int().positive(),
  runs: z.array(RunId),
  /** The worker's own command queue. */
  queue: z.string(),
  toolchain: z.record(z.string(), z.string()),
});
export type Announcement = z.infer<typeof Announcement>;

/** A piece of a live build log. `offset` is the number of bytes before it, so that gaps show. */
export const LogChunk = z.object({
  schemaVersion: z.literal(1),
  run: RunId,
  offset: z.number().int().nonnegative(),
  text: z.string(),
});
export type LogChunk = z.infer<typeof LogChunk>;
