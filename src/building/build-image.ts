/** One arch build, from its command to layers in the registry. Each step that fails says whose fault it is. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { ContentList } from '../../schemas/content.ts';
import { type ContentId, type Digest, type ManifestDigest, ociPlatform } from '../../schemas/ids.ts';
import { chainIdsOf } from '../content/chain-ids.ts';
import { applyBuild, buildContainerfile } from './build-containerfile.ts';
import { BuildFailed, classOfContainerfile, step } from './build-failed.ts';
import type { Buildah } from './buildah.ts';
import { failedProofs } from './check-proofs.ts';
import { contentIdOf, labelsOf, type Stamp, type UnstampedConfig, unstampedConfig } from './image-config.ts';
import { installPackages, type Wanted, wantedOf } from './install-packages.ts';
import type { Isolation } from './isolation.ts';
import { type PulledParent, pullParents } from './parents.ts';
import type { PulledImages } from './pulled-images.ts';
import { type InstalledContent, readContent } from './read-content.ts';
import { recipeOf } from './recipe.ts';
import { throughItsGate } from './repository-gate.ts';
import { scrub } from './scrub.ts';
import { solvePackages } from './solve-packages.ts';
import type { StateDir } from './state-dir.ts';
import type { WorkingContainers } from './working-containers.ts';
import type { WorkingImages } from './working-images.ts';

export interface Workshop {
  readonly state: StateDir;
  readonly buildah: Buildah;
  readonly isolation: Isolation;
  readonly toolchain: Readonly<Record<string, string>>;
  readonly images: PulledImages;
  readonly containers: WorkingContainers;
  readonly working: WorkingImages;
}

export interface Building {
  /** The unpacked folder of the image. */
  readonly sourceDir: string;
  /** Scratch of this run; the caller removes it. */
  readonly runDir: string;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

interface Made {
  readonly contentId: ContentId;
  readonly contentList: ContentList;
  readonly toolchain: Readonly<Record<string, string>>;
  /** Undefined where it cannot be told before the build. */
  readonly recipe?: Digest | undefined;
}

/** Nothing was built, because the recipe is the baseline's. */
interface NotBuilt {
  readonly outcome: 'not built';
  readonly baseline: NonNullable<BuildCommand['baseline']>;
  readonly recipe: Digest;
  readonly toolchain: Readonly<Record<string, string>>;
}

/**
 * - `not built`: the recipe is the baseline's, and so is everything else.
 * - `unchanged`: the content id is the baseline's; nothing was pushed.
 * - `succeeded`: the layers and an unstamped manifest lie at the destination. The caller reads that manifest, makes
 *   the stamped image of it with {@link Stamp}, and puts it under the order's tag.
 */
export type Built =
  | NotBuilt
  | (Made & { readonly outcome: 'unchanged'; readonly manifestDigest: ManifestDigest })
  | (Made & { readonly outcome: 'succeeded'; readonly pushed: Digest; readonly stamp: Stamp });

/** What a recipe left in a working container. */
interface Prepared {
  readonly container: string;
  readonly root: string;
  readonly parent: PulledParent | undefined;
  readonly recipe: Digest | undefined;
  /** `config` of the image before labels of ours. */
  readonly built: Readonly<Record<string, unknown>>;
}

/** Things in the storage that are gone when the build is over, however it ends. */
interface Leftovers {
  readonly containers: string[];
  readonly images: string[];
}

/** @throws BuildFailed, always with its class. */
export const buildImage = async (shop: Workshop, order: BuildCommand, building: Building): Promise<Built> => {
  const leftovers: Leftovers = { containers: [], images: [] };
  try {
    return await build(shop, order, building, leftovers);
  } finally {
    for (const container of leftovers.containers) await shop.containers.remove(container);
    for (const image of leftovers.images) await shop.working.release(image);
  }
};

const build = async (
  shop: Workshop,
  order: BuildCommand,
  building: Building,
  leftovers: Leftovers,
): Promise<Built> => {
  const { signal } = building;
  const calling = { onOutput: building.onOutput, signal };
  await mkdir(building.runDir, { recursive: true });
  const parents = await step('pulling parents', () => pullParents(shop.images, order, { signal }));
  const prepared = await throughItsGate(order, (gate) => {
    const preparing = { building, parents, leftovers, gate };
    return order.recipe.kind === 'containerfile'
      ? fromContainerfile(shop, order, order.recipe.path, preparing)
      : fromPackages(shop, order, wantedOf(order.recipe), preparing);
  });
  if ('outcome' in prepared) return prepared;
  const content = await step('reading the content', () =>
    readContent(prepared.root, building.runDir, shop.state.env),
  );
  checkProofs(order, content);
  const committed = await step('committing', async () => {
    await shop.buildah.unmount(prepared.container);
    return shop.working.make(() =>
      shop.buildah.commit(prepared.container, order.sourceDateEpoch, { signal }),
    );
  });
  leftovers.images.push(committed);
  const config = await configOf(shop, order, prepared, committed);
  const made = describe(shop, order, prepared, config, content);
  if (order.baseline?.contentId === made.contentId) {
    return { ...made, outcome: 'unchanged', manifestDigest: order.baseline.manifestDigest };
  }
  const destination = `${order.destination}:${order.tag}`;
  const digestFile = join(building.runDir, 'pushed-digest');
  const pushed = await step(
    `pushing to ${destination}`,
    () => shop.buildah.push(committed, destination, digestFile, calling),
    'infrastructure',
  );
  return { ...made, outcome: 'succeeded', pushed, stamp: stampFor(order, config, prepared.parent, content) };
};

interface Preparing {
  readonly building: Building;
  readonly parents: readonly PulledParent[];
  readonly leftovers: Leftovers;
  readonly gate: string | undefined;
}

const fromPackages = async (
  shop: Workshop,
  order: BuildCommand,
  wanted: Wanted,
  { building, parents, leftovers, gate }: Preparing,
): Promise<Prepared | NotBuilt> => {
  const parent = parents.find(({ edge }) => edge === 'layer');
  const { container, root } = await openContainer(shop, order, parent, leftovers, building.signal);
  const inherited = await step('reading the parent', () =>
    readContent(root, join(building.runDir, 'parent'), shop.state.env),
  );
  const installation = {
    order,
    ...wanted,
    root,
    gate,
    directory: join(building.runDir, 'dnf'),
    inherited: new Set(inherited.rpms.map(({ name }) => name)),
    onOutput: building.onOutput,
    signal: building.signal,
  };
  const toolchain = toolchainOf(shop);
  const solved = await solvePackages(shop.state, installation);
  const recipe = solved && recipeOf({ order, solved, toolchain });
  // With a proof to bring, the image itself must show it.
  if (recipe !== undefined && recipe === order.baseline?.recipe && order.proofs.length === 0) {
    building.onOutput(`not built: its recipe is that of the baseline, ${recipe}\n`);
    return { outcome: 'not built', baseline: order.baseline, recipe, toolchain };
  }
  await step('installing packages', () => installPackages(shop.state, installation));
  await step('scrubbing', () => scrub({ root, env: shop.state.env }));
  return { container, root, parent, recipe, built: parent?.config.config ?? {} };
};

const fromContainerfile = async (
  shop: Workshop,
  order: BuildCommand,
  path: string,
  { building, parents, leftovers, gate }: Preparing,
): Promise<Prepared> => {
  const calling = { onOutput: building.onOutput, signal: building.signal };
  const build = {
    ...shop,
    order,
    path,
    sourceDir: building.sourceDir,
    directory: building.runDir,
    parents,
    calling,
    gate,
  };
  const built = await step(
    'building the Containerfile',
    () => buildContainerfile(build, leftovers.images),
    classOfContainerfile,
  );
  const { container, root } = await openContainer(shop, order, built.parent, leftovers, building.signal);
  const applying = { order, directory: building.runDir, root, signal: building.signal };
  const mountPoints = await step('squashing', () => applyBuild(built, applying), 'infrastructure');
  await step('scrubbing', () => scrub({ root, mountPoints, env: shop.state.env }));
  return { container, root, parent: built.parent, recipe: undefined, built: built.config.config };
};

const openContainer = (
  shop: Workshop,
  order: BuildCommand,
  parent: PulledParent | undefined,
  leftovers: Leftovers,
  signal: AbortSignal,
): Promise<{ container: string; root: string }> =>
  step('making a working container', async () => {
    const image = parent?.imageId ?? 'scratch';
    const container = await shop.containers.open(image, ociPlatform(order.arch), { signal });
    leftovers.containers.push(container);
    return { container, root: await shop.buildah.mount(container) };
  });

const checkProofs = (order: BuildCommand, content: InstalledContent): void => {
  const failed = failedProofs(content.rpms, order.proofs);
  if (failed.length > 0) throw new BuildFailed('content', `the update is not in: ${failed.join('; ')}`);
};

const configOf = async (
  shop: Workshop,
  order: BuildCommand,
  prepared: Prepared,
  committed: string,
): Promise<UnstampedConfig> => {
  const { rootfs } = await step('reading the image', () => shop.buildah.config(committed), 'infrastructure');
  return unstampedConfig({
    arch: order.arch,
    sourceDateEpoch: order.sourceDateEpoch,
    built: prepared.built,
    parentLabels: labelsOf(prepared.parent?.config.config ?? {}),
    labels: order.labels,
    command: order.command,
    diffIds: rootfs.diff_ids ?? [],
  });
};

const describe = (
  shop: Workshop,
  order: BuildCommand,
  { parent, recipe }: Prepared,
  config: UnstampedConfig,
  content: InstalledContent,
): Made => {
  const contentId = contentIdOf(config);
  const contentList = ContentList.parse({
    schemaVersion: 1,
    image: order.image,
    arch: order.arch,
    contentId,
    ...(parent?.manifestDigest === undefined ? {} : { parent: parent.manifestDigest }),
    chainId: chainIdsOf(config.rootfs.diff_ids).at(-1),
    rpms: content.rpms,
  });
  return { contentId, contentList, recipe, toolchain: toolchainOf(shop) };
};

const toolchainOf = ({ toolchain, isolation }: Workshop): Readonly<Record<string, string>> => ({
  ...toolchain,
  isolation: isolation.kind,
});

const stampFor = (
  order: BuildCommand,
  config: UnstampedConfig,
  parent: PulledParent | undefined,
  content: InstalledContent,
): Stamp => ({
  config,
  labels: order.stampedLabels,
  created: Math.max(order.sourceDateEpoch, content.newestBuild),
  ...(parent?.manifestDigest === undefined ? {} : { parent: parent.manifestDigest }),
});
