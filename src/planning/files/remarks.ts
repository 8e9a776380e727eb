/** What in a change or an inventory meets nothing, and so is perhaps only mistyped. */
import type { Change } from '../../../schemas/files/change.ts';
import type { Inventory } from '../../../schemas/files/inventory.ts';
import type { PlanInput } from '../plan-types.ts';

export interface Remark {
  /** `nominations.0` of the change, `images.3.parents.0` of the inventory. */
  readonly at: string;
  readonly text: string;
}

/** Of images that the question reaches: what is built from such a parent is blocked. */
export const missingParents = ({ images }: Inventory, input: PlanInput): readonly Remark[] => {
  const reached = new Set(input.images.map(({ name }) => name));
  const names = new Set(images.map(({ name }) => name));
  return images.flatMap(({ name, parents }, index) =>
    parents.flatMap((parent, at) =>
      reached.has(name) && parent.kind === 'image' && !names.has(parent.image)
        ? [
            {
              at: `images.${index}.parents.${at}`,
              text: `${parent.image} is not in the inventory: ${name} cannot be built`,
            },
          ]
        : [],
    ),
  );
};

/** Nominated sources of which no image of that distro release holds anything. */
export const unheldSources = ({ nominations }: Change, input: PlanInput): readonly Remark[] => {
  const releases = new Map(input.images.map(({ name, distroRelease }) => [name, distroRelease]));
  const held = new Set(
    [...input.introduced, ...(input.inherited ?? [])].map(
      ({ image, rpm }) => `${releases.get(image) ?? ''} ${rpm.sourceName}`,
    ),
  );
  return nominations.flatMap((nomination, index) =>
    nomination.kind !== 'packages'
      ? []
      : nomination.sources.flatMap(({ name }, at) =>
          held.has(`${nomination.distroRelease} ${name}`)
            ? []
            : [
                {
                  at: `nominations.${index}.sources.${at}`,
                  text: `no image of ${nomination.distroRelease} holds anything built from source ${name}`,
                },
              ],
        ),
  );
};

/** Withdrawn builds of which no image of that distro release holds anything. */
export const unheldWithdrawals = (
  { nominations }: Change,
  { images, withdrawn = [] }: PlanInput,
): readonly Remark[] => {
  const releases = new Map(images.map(({ name, distroRelease }) => [name, distroRelease]));
  const held = new Set(
    withdrawn.map(
      ({ image, rpm, build }) => `${releases.get(image) ?? ''} ${nvrOf({ name: rpm.sourceName, ...build })}`,
    ),
  );
  return nominations.flatMap((nomination, index) =>
    nomination.kind !== 'withdrawal'
      ? []
      : nomination.sources.flatMap((source, at) =>
          held.has(`${nomination.distroRelease} ${nvrOf(source)}`)
            ? []
            : [
                {
                  at: `nominations.${index}.sources.${at}`,
                  text: `no image of ${nomination.distroRelease} holds anything of ${nvrOf(source)}`,
                },
              ],
        ),
  );
};

const nvrOf = ({ name, version, release }: { name: string; version: string; release: string }): string =>
  `${name}-${version}-${release}`;
