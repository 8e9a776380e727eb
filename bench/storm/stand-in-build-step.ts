/**
 * A fast stand-in for the build step alone: it installs nothing, waits a moment, and pushes a layer that lists what a
 * real build would have installed. The worker around it, the bus and the registry are real.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { ContentList, type Rpm } from '../../schemas/content.ts';
import type { ManifestDigest } from '../../schemas/ids.ts';
import type { Builder } from '../../src/building/builder.ts';
import { contentIdOf, stampedImage, unstampedConfig } from '../../src/building/image-config.ts';
import type { RegistryPort } from '../../src/flows/ports.ts';
import { ociConfig, ociManifest } from '../../src/registry/media-types.ts';
import type { MetadataOnlyRepository } from './repository.ts';

export interface StandInBuildStep extends Pick<Builder, 'toolchain' | 'build' | 'test'> {
  /** `image.arch` of every build that ran to its end, in order. */
  readonly ran: readonly string[];
  /** What is in an image that it made. */
  contentOf(manifest: string): readonly Rpm[];
  /** As if it had made it. */
  knows(manifest: string, content: readonly Rpm[]): void;
}

export interface StandInOptions {
  readonly registry: RegistryPort['registry'];
  readonly repository: MetadataOnlyRepository;
  /** How long a build takes. */
  readonly buildMs: number;
}

export const standInBuildStep = ({ registry, repository, buildMs }: StandInOptions): StandInBuildStep => {
  const ran: string[] = [];
  const contents = new Map<string, readonly Rpm[]>();
  const contentOf = (manifest: string | undefined): readonly Rpm[] => contents.get(manifest ?? '') ?? [];
  return {
    toolchain: { 'build step': 'a stand-in that installs nothing' },
    ran,
    contentOf,
    knows: (manifest, content) => {
      contents.set(manifest, [...content].sort(byName));
    },
    build: async (order, { signal }) => {
      const parent = parentOf(order);
      const rpms = [...contentOf(parent), ...installed(order, repository)].sort(byName);
      await delay(buildMs, undefined, { signal });
      const { registry: client, repository: place } = registry(order.destination);
      const layer = await client.putBlob(place, Buffer.from(JSON.stringify(rpms)));
      const config = unstampedConfig({
        arch: order.arch,
        sourceDateEpoch: order.sourceDateEpoch,
        built: {},
        parentLabels: {},
        labels: order.labels,
        command: order.command,
        diffIds: [layer.digest],
      });
      const contentId = contentIdOf(config);
      const { image, arch } = order;
      const list = { schemaVersion: 1, image, arch, contentId, ...(parent && { parent }), rpms };
      const made = { contentId, contentList: ContentList.parse(list), toolchain: {} };
      ran.push(`${image}.${arch}`);
      if (order.baseline?.contentId === contentId)
        return { ...made, outcome: 'unchanged', manifestDigest: order.baseline.manifestDigest };
      const blob = await client.putBlob(place, Buffer.from(JSON.stringify(config)));
      const manifest = {
        schemaVersion: 2,
        mediaType: ociManifest,
        config: { mediaType: ociConfig, ...blob },
        layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
      };
      const bytes = Buffer.from(JSON.stringify(manifest));
      const pushed = await client.putManifest(place, `${order.tag}.pushed`, bytes, ociManifest);
      const stamp = { config, labels: order.stampedLabels, created: order.sourceDateEpoch };
      contents.set(stampedImage(manifest, stamp).manifestDigest, rpms);
      return { ...made, outcome: 'succeeded', pushed, stamp };
    },
    test: async () => ({ exitCode: 0, output: 'nothing was tested\n' }),
  };
};

const parentOf = ({ parents }: BuildCommand): ManifestDigest | undefined =>
  parents.find(({ edge }) => edge === 'layer')?.manifestDigest;

const installed = ({ recipe, arch }: BuildCommand, repository: MetadataOnlyRepository): readonly Rpm[] =>
  recipe.kind === 'packages' ? recipe.packages.map((name) => repository.newest(name, arch)) : [];

const byName = (one: Rpm, other: Rpm): number => (one.name < other.name ? -1 : 1);
