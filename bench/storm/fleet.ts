/** A made-up fleet for the storm: two hundred images on one base that updates come for, and a few beside them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface StormImage {
  readonly name: string;
  readonly parent: string | undefined;
  /** What its layer adds. Each package is built from the source package of its name. */
  readonly packages: readonly string[];
}

const named = (count: number, name: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name}-${at}`);

/** Images that no update is for. */
const beside: readonly StormImage[] = [
  { name: 'quiet', parent: undefined, packages: ['quiet-lib'] },
  { name: 'quiet-app', parent: 'quiet', packages: ['quiet-tool'] },
];

/** One base, 19 runtimes on it, 180 applications on those; and the quiet ones. Parents come first. */
export const stormFleet: readonly StormImage[] = [
  { name: 'base', parent: undefined, packages: named(10, 'base-lib') },
  ...named(19, 'runtime').map((name) => ({ name, parent: 'base', packages: [name, `${name}-lib`] })),
  ...named(180, 'app').map((name, at) => ({ name, parent: `runtime-${at % 19}`, packages: [name] })),
  ...beside,
];

/** Source packages that updates are for: all but those of the quiet images. */
export const stirred: readonly string[] = stormFleet
  .filter((image) => !beside.includes(image))
  .flatMap(({ packages }) => packages);

export const allPackages: readonly string[] = stormFleet.flatMap(({ packages }) => packages);

/** An image's packages, with those of what it stands on. */
export const contentOf = (name: string): readonly string[] => {
  const image = stormFleet.find((each) => each.name === name);
  if (image === undefined) return [];
  return [...(image.parent === undefined ? [] : contentOf(image.parent)), ...image.packages];
};

/** Every image that holds a package of this source. */
export const holdersOf = (source: string): readonly StormImage[] =>
  stormFleet.filter(({ name }) => contentOf(name).includes(source));

/** The folders that the definitions-loader reads. None of them is gated. */
export const writeFolders = async (directory: string): Promise<void> => {
  for (const { name, parent = 'scratch', packages } of stormFleet) {
    const definition = { compose: { packages }, flibs: { parent, version: '40' } };
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, 'container.yaml'), stringify(definition));
  }
};
