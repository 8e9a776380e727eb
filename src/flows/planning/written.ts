/** Ids of what is under way or was written already, for what is built upon it. */
import type { Arch, ImageName } from '../../../schemas/ids.ts';
import type { ArchBuild } from '../move.ts';
import type { BuildsUnderWay } from './under-way.ts';

export interface WrittenArchBuild {
  readonly id: number;
  /** There is a manifest to build upon. */
  readonly built: boolean;
}

export interface Written {
  readonly builds: Map<ImageName, number>;
  /** By {@link archBuildKey}. */
  readonly archBuilds: Map<string, WrittenArchBuild>;
  /** To builds under way; by id. */
  readonly added: Map<number, ArchBuild>;
}

export const archBuildKey = (image: ImageName, arch: Arch): string => `${image} ${arch}`;

/** What is there before anything is written. */
export const writtenSoFar = (underWay: BuildsUnderWay): Written => ({
  builds: new Map([...underWay].map(([image, { build }]) => [image, build.id])),
  archBuilds: new Map(
    [...underWay].flatMap(([image, { archBuilds }]) =>
      archBuilds.map(({ id, arch, state }) => {
        const built = state === 'succeeded' || state === 'unchanged';
        return [archBuildKey(image, arch), { id, built }] as const;
      }),
    ),
  ),
  added: new Map(),
});
