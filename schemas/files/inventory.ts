/**
 * An inventory: images, what is in them and what repositories offer, as one file. `flibs plan` and
 * `flibs what-if --inventory` read it, `flibs inventory export` writes it; docs/planning.md explains it.
 */
import { z } from 'zod';
import { Arch, DistroReleaseName, ManifestDigest, Nvr } from '../ids.ts';
import { Pause } from '../pause.ts';
import { HoldPolicy } from './distro-release.ts';
import { RpmList } from './rpm-list.ts';
import { Rule } from './rule.ts';

/** Wider than the names of our own definitions: here a name only tells images apart. */
export const InventoryImageName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/, 'must be letters, digits and . _ + - only')
  .brand<'ImageName'>();

const Edge = z
  .enum(['layer', 'build-only'])
  .default('layer')
  .describe("`layer`: the final stage's `FROM`. `build-only`: a builder stage's.");

const InventoryParent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('image'), image: InventoryImageName, edge: Edge }),
  z.strictObject({ kind: z.literal('external'), pullspec: z.string().min(1), edge: Edge }),
]);

const InventoryArch = z
  .strictObject({
    rpms: RpmList.optional().describe('All that is in it, inherited ones too.'),
    introduced: RpmList.optional().describe(
      'Instead of `rpms`: only what it adds to the manifest it was built on.',
    ),
    removed: RpmList.optional().describe('With `introduced`: what it takes away from that manifest.'),
    builtOn: z
      .string()
      .min(1)
      .optional()
      .describe(
        "NVR, or manifest digest, of the layer parent's build that it was made on. Default: the parent's present one.",
      ),
    carriedFrom: Nvr.optional().describe(
      'The NVR that made it, where the index kept it from an earlier build of the image.',
    ),
    manifestDigest: ManifestDigest.optional(),
    failing: z
      .boolean()
      .default(false)
      .describe('True: it is known that a build of it fails. Whether the others go on, `bestEffort` says.'),
  })
  .refine(({ rpms, introduced }) => rpms === undefined || introduced === undefined, {
    error: 'has both `rpms` and `introduced`: give one of them',
  })
  .refine(({ removed, introduced }) => removed === undefined || introduced !== undefined, {
    error: '`removed` goes with `introduced` only',
    path: ['removed'],
  });
export type InventoryArch = z.infer<typeof InventoryArch>;

/** An arch with neither `rpms` nor `introduced` is defined and was never built. */
const InventoryArches = z.partialRecord(Arch, InventoryArch);

export const InventoryImage = z.strictObject({
  name: InventoryImageName,
  distroRelease: DistroReleaseName,
  nvr: Nvr.optional().describe('The baseline: its newest build that counts. Absent: it was never built.'),
  released: z.boolean().default(true).describe('False: the baseline is a candidate that is not decided yet.'),
  sourceChanged: z
    .boolean()
    .default(false)
    .describe('True: the folder or the version is not the one that the baseline was built from.'),
  parents: z.array(InventoryParent).default([]),
  arches: InventoryArches.refine((arches) => Object.keys(arches).length > 0, 'must name an arch'),
  bestEffort: z
    .array(Arch)
    .default([])
    .describe('Arches that may fail: the index goes on without them. The others must be in it.'),
  olderBuilds: z
    .array(z.strictObject({ nvr: Nvr, arches: InventoryArches }))
    .default([])
    .describe('Builds before the baseline that other images were made on.'),
  policy: z
    .strictObject({
      autoRebuild: z.boolean().default(true).describe('False: built only when a person asks for it.'),
      followsBuildParents: z
        .boolean()
        .default(false)
        .describe('True: rebuilt as well when an image is that it only takes files from.'),
      upgradeInherited: z
        .enum(['security', 'always', 'never'])
        .default('security')
        .describe(
          'Which updates of packages that it has from an external base it brings in itself; for bases that the inventory lists.',
        ),
      onWithdrawal: z
        .enum(['alarm', 'rebuild'])
        .default('alarm')
        .describe('What follows where a build that it introduced is withdrawn: an alarm, or a rebuild.'),
    })
    .prefault({}),
});
export type InventoryImage = z.infer<typeof InventoryImage>;

/** What one repository lists for one arch of a distro release. */
export const InventoryOffer = z.strictObject({
  distroRelease: DistroReleaseName,
  arch: Arch,
  repository: z.string().min(1),
  rpms: RpmList,
});
export type InventoryOffer = z.infer<typeof InventoryOffer>;

const BaseArches = z.partialRecord(
  Arch,
  z.strictObject({ rpms: RpmList.describe('All that is in it.'), manifestDigest: ManifestDigest.optional() }),
);

/** An image that others build, and that images of the inventory stand on. */
export const InventoryBase = z.strictObject({
  pullspec: z.string().min(1).describe('As the images name it.'),
  arches: BaseArches.describe('What the name points to at present.'),
  older: z
    .array(BaseArches)
    .default([])
    .describe(
      'What it pointed to before, as far as images were made on that; told apart by `manifestDigest`.',
    ),
});
export type InventoryBase = z.infer<typeof InventoryBase>;

const InventoryDistroRelease = z.strictObject({
  name: DistroReleaseName,
  hold: HoldPolicy.strict()
    .prefault({})
    .describe(
      'How long an arch waits for what another arch of its image has on offer already, and what then.',
    ),
});

/** As people pause; names of images are those of the inventory. */
const InventoryPause = z.discriminatedUnion('scope', [
  Pause.options[0].extend({ image: InventoryImageName }),
  Pause.options[1],
  Pause.options[2],
]);

export const Inventory = z.strictObject({
  schemaVersion: z.literal(1),
  images: z.array(InventoryImage),
  bases: z.array(InventoryBase).default([]),
  distroReleases: z
    .array(InventoryDistroRelease)
    .default([])
    .describe('Those in which arches wait for each other. In others, one that lags is carried forward.'),
  rules: z.array(Rule).default([]).describe('In force, as in rules.yaml.'),
  pauses: z.array(InventoryPause).default([]).describe('In force.'),
  offers: z.array(InventoryOffer).default([]),
});
export type Inventory = z.infer<typeof Inventory>;
