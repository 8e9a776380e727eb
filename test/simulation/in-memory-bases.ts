/** Stands in for other people's registries: what the names of external bases point to, and what is in them. */
import { type Arch, ContentId, ManifestDigest } from '../../schemas/ids.ts';
import type { BaseFound, BaseLook } from '../../src/flows/looking/external-bases.ts';
import { digestOfText } from './fleet.ts';
import type { InMemoryRegistry } from './in-memory-registry.ts';
import type { InMemoryRepositories } from './in-memory-repositories.ts';

/** Versions of packages, by arch. */
export type BaseContent = Readonly<Partial<Record<Arch, Readonly<Record<string, string>>>>>;

export interface InMemoryBases {
  /** The name points to this from now on; only the arches that are given. */
  publish(pullspec: string, content: BaseContent): void;
  /** What was published of an arch; nothing where there is none. */
  versions(pullspec: string, arch: Arch): Readonly<Record<string, string>>;
  look(look: BaseLook): Promise<BaseFound>;
}

export const inMemoryBases = (
  registry: InMemoryRegistry,
  repositories: InMemoryRepositories,
): InMemoryBases => {
  const published = new Map<string, Extract<BaseFound, { kind: 'changed' }>>();
  const contents = new Map<string, BaseContent>();
  const archOf = (arch: Arch, versions: Readonly<Record<string, string>>) => {
    const rpms = Object.entries(versions).map(([name, version]) => {
      const rpm = repositories.newest(name, arch);
      return { ...rpm, version, sourceEvr: `${version}-1.fc40` };
    });
    const contentId = ContentId.parse(digestOfText(JSON.stringify(rpms)));
    const bytes = Buffer.from(JSON.stringify({ contentId, rpms }));
    const manifestDigest = ManifestDigest.parse(registry.put('elsewhere', bytes, 'a manifest'));
    const outline = { manifestDigest, configDigest: contentId, arch, labels: {}, layers: [], chainIds: [] };
    return { outline, rpms };
  };
  return {
    publish: (pullspec, content) => {
      const arches = (['x86_64', 'aarch64'] as const).flatMap((arch) => {
        const versions = content[arch];
        return versions === undefined ? [] : [archOf(arch, versions)];
      });
      contents.set(pullspec, content);
      published.set(pullspec, { kind: 'changed', digest: digestOfText(JSON.stringify(content)), arches });
    },
    versions: (pullspec, arch) => contents.get(pullspec)?.[arch] ?? {},
    look: async ({ pullspec }) =>
      published.get(pullspec) ?? { kind: 'unreadable', error: 'its registry has no such image' },
  };
};
