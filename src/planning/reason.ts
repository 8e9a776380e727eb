/** Why an arch build is planned. Kept with it for as long as it is, so each reason stands by itself. */
import { z } from 'zod';
import { Evr, ModuleLabel } from '../../schemas/content.ts';
import { InventoryImageName as Name } from '../../schemas/files/inventory.ts';
import { Arch } from '../../schemas/ids.ts';
import { formatEvr } from '../rpm/evr.ts';

/** A package that is installed at `from` and on offer at `to`. */
const Fix = z.object({
  name: z.string(),
  /** As rpm says it. */
  arch: z.string(),
  from: Evr,
  to: Evr,
  /** Name of the source package. */
  source: z.string(),
  module: ModuleLabel.optional(),
  /** Those that list `to`, sorted. */
  repositories: z.array(z.string()),
  /** What nominated the source: advisories, tags. */
  references: z.array(z.string()),
  /** Set while the arch's own repositories do not list it: the arch build is held until they do. */
  awaited: z
    .object({
      /** Of the source package that `to` was built from. */
      sourceEvr: z.string(),
      /** Arches of the image that have it on offer. */
      offeredFor: z.array(Arch).min(1),
    })
    .optional(),
});

/** What a person or another part of flibs may ask for. */
export const RequestedReason = z.discriminatedUnion('kind', [
  /** The folder's tree id is not the baseline's. */
  z.object({ kind: z.literal('source-changed'), references: z.array(z.string()).default([]) }),
  /** There is no baseline, or none of this arch. */
  z.object({ kind: z.literal('never-built'), references: z.array(z.string()).default([]) }),
  z.object({ kind: z.literal('by-hand'), references: z.array(z.string()).default([]) }),
  /** An external base that it is built from has another manifest now. */
  z.object({
    kind: z.literal('base-moved'),
    pullspec: z.string(),
    /** Manifests of the arch, where they are known. */
    from: z.string().optional(),
    to: z.string().optional(),
    references: z.array(z.string()).default([]),
  }),
  /** Its parent was rebuilt while the image itself was being built on the former one. */
  z.object({ kind: z.literal('parent-rebuilt'), references: z.array(z.string()).default([]) }),
]);
export type RequestedReason = z.infer<typeof RequestedReason>;

export const Reason = z.discriminatedUnion('kind', [
  /** The image introduced the package itself: it is the owner of the fix. */
  Fix.extend({ kind: z.literal('package'), introducedBy: Name }),
  /** The parent's baseline has the fix, or no longer has the package, and this image was built on an older parent. */
  Fix.extend({
    kind: z.literal('parent-newer'),
    parent: Name,
    parentHas: z.enum(['fix', 'no-such-package']),
  }),
  /** The parent is rebuilt, and so changes below. */
  z.object({ kind: z.literal('inherited'), parent: Name }),
  /** The package is the external base's, and the image is the one that upgrades it. */
  Fix.extend({ kind: z.literal('base-package'), pullspec: z.string() }),
  /** An image that it only takes files from is rebuilt, and it says that it follows those. */
  z.object({ kind: z.literal('build-parent'), parent: Name }),
  /** The image is a module, and a newer build of it is listed. N:S:V:C; `from` is absent for the first. */
  z.object({
    kind: z.literal('module'),
    from: ModuleLabel.optional(),
    to: ModuleLabel,
    references: z.array(z.string()),
    /** Set while the arch's own repositories do not list it: the arch build is held until they do. */
    awaited: z
      .object({
        /** Arches of the image that list it. */
        offeredFor: z.array(Arch).min(1),
      })
      .optional(),
  }),
  /** The package's build was withdrawn: what is on offer now takes its place, an older one as a rule. */
  Fix.extend({
    kind: z.literal('withdrawn'),
    /** Version and release of the source package. */
    build: z.object({ version: z.string(), release: z.string() }),
  }),
  ...RequestedReason.options,
]);
export type Reason = z.infer<typeof Reason>;

/** As arch builds and follow-ups store them. */
export const Reasons = z.array(Reason);

/** One line for people. */
export const describeReason = (reason: Reason): string => {
  switch (reason.kind) {
    case 'package':
      return `${describeFix(reason)}, introduced by ${reason.introducedBy}`;
    case 'parent-newer':
      return `${describeFix(reason)}, ${reason.parentHas === 'fix' ? 'there' : 'gone'} in a newer ${reason.parent} than it was built on`;
    case 'inherited':
      return `its parent ${reason.parent} is rebuilt`;
    case 'base-package':
      return `${describeFix(reason)}, inherited from ${reason.pullspec} and upgraded upon it`;
    case 'withdrawn':
      return `${reason.source}-${formatBuild(reason.build)} was withdrawn: ${describeFix(reason)}`;
    case 'build-parent':
      return `${reason.parent}, which it takes files from, is rebuilt`;
    case 'module':
      return `module ${reason.from === undefined ? '' : `${reason.from} -> `}${reason.to}${onlyFor(reason)}${because(reason.references)}`;
    case 'source-changed':
      return `its source changed${because(reason.references)}`;
    case 'never-built':
      return `it was never built${because(reason.references)}`;
    case 'base-moved':
      return `its base ${reason.pullspec} moved${reason.to ? `: ${reason.from} -> ${reason.to}` : ''}${because(reason.references)}`;
    case 'by-hand':
      return `a person asked for it${because(reason.references)}`;
    case 'parent-rebuilt':
      return `its parent was rebuilt meanwhile${because(reason.references)}`;
  }
};

const describeFix = (fix: z.infer<typeof Fix>): string => {
  const source = fix.source === fix.name ? '' : ` from ${fix.source}`;
  const where = fix.repositories.length > 0 ? ` in ${fix.repositories.join(', ')}` : '';
  return `${fix.name}.${fix.arch} ${formatEvr(fix.from)} -> ${formatEvr(fix.to)}${source}${where}${onlyFor(fix)}${because(fix.references)}`;
};

const onlyFor = ({ awaited }: { readonly awaited?: { readonly offeredFor: readonly Arch[] } | undefined }) =>
  awaited ? `, so far only for ${awaited.offeredFor.join(', ')}` : '';

const because = (references: readonly string[]): string =>
  references.length > 0 ? ` (${references.join(', ')})` : '';

/** The source packages that they are about. */
export const sourcesOf = (reasons: readonly Reason[]): ReadonlySet<string> =>
  new Set(reasons.flatMap((reason) => ('source' in reason ? [reason.source] : [])));

/** Those that something newer is on offer of. */
export const updatedSourcesOf = (reasons: readonly Reason[]): ReadonlySet<string> =>
  sourcesOf(reasons.filter(({ kind }) => kind !== 'withdrawn'));

/** The builds that were withdrawn, once each. */
export const withdrawnOf = (reasons: readonly Reason[]) => [
  ...new Map(
    reasons.flatMap((reason) =>
      reason.kind === 'withdrawn'
        ? [[`${reason.source} ${formatBuild(reason.build)}`, { name: reason.source, ...reason.build }]]
        : [],
    ),
  ).values(),
];

const formatBuild = ({ version, release }: { readonly version: string; readonly release: string }): string =>
  `${version}-${release}`;

/** The builds of modules that they are about, sorted. */
export const modulesOf = (reasons: readonly Reason[]): readonly ModuleLabel[] =>
  [...new Set(reasons.flatMap((reason) => (reason.kind === 'module' ? [reason.to] : [])))].sort();
