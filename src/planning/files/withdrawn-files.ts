/** Who holds packages of withdrawn builds, by the contents of an inventory. */
import type { Inventory, InventoryImage } from '../../../schemas/files/inventory.ts';
import type { DistroReleaseName } from '../../../schemas/ids.ts';
import type { Withdrawn } from '../plan-types.ts';
import { builtArches, type Manifests } from './manifests.ts';

/** A build of a source package that a change names as withdrawn. */
export interface WithdrawnBuild {
  readonly distroRelease: DistroReleaseName;
  readonly name: string;
  readonly version: string;
  readonly release: string;
  /** Sorted, once each. */
  readonly references: readonly string[];
}

export const withdrawnIn = (
  { images }: Inventory,
  builds: readonly WithdrawnBuild[],
  manifests: Manifests,
): readonly Withdrawn[] => {
  if (builds.length === 0) return [];
  const known = new Map(builds.map((build) => [keyOf(build.distroRelease, build.name, evrOf(build)), build]));
  return images.flatMap((image) => withdrawnOf(image, known, manifests));
};

const withdrawnOf = (
  image: InventoryImage,
  known: ReadonlyMap<string, WithdrawnBuild>,
  manifests: Manifests,
): readonly Withdrawn[] =>
  builtArches(image.arches).flatMap(([arch]) => {
    const manifest = manifests.present(image.name, arch);
    if (manifest === undefined) return [];
    const of = (rpms: ReturnType<Manifests['introduced']>, own: boolean) =>
      rpms.flatMap((rpm): Withdrawn[] => {
        const build = known.get(keyOf(image.distroRelease, rpm.sourceName, withoutEpoch(rpm.sourceEvr)));
        if (build === undefined) return [];
        const { version, release, references } = build;
        return [
          { image: image.name, arch, rpm, own, build: { version, release }, taggedAgain: false, references },
        ];
      });
    return [
      ...of(manifests.introduced(image, manifest), true),
      ...of(manifests.inherited(image, manifest), false),
    ];
  });

/** Builds are named without it. */
const withoutEpoch = (evr: string): string => evr.replace(/^\d+:/, '');

const evrOf = ({ version, release }: Pick<WithdrawnBuild, 'version' | 'release'>): string =>
  `${version}-${release}`;

const keyOf = (...parts: readonly string[]): string => parts.join('\n');
