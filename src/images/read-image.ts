/** A folder's files to an image definition, or to everything that is wrong with them at once. */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../schemas/files/image.ts';
import { type Arch, ImageName } from '../../schemas/ids.ts';
import { type ReadContainerYaml, readContainerYaml } from './container-yaml.ts';
import { readGatingYaml } from './gating-yaml.ts';
import { howItIsMade, type Made } from './how-it-is-made.ts';
import { type Place, problemAt } from './problem-at.ts';

/** What a folder holds of interest, as text. */
export interface ImageFiles {
  /** The folder's name. */
  readonly name: string;
  readonly containerfile?: string | undefined;
  /** Path of the Containerfile in the folder; `Containerfile` unless said. */
  readonly containerfilePath?: string | undefined;
  readonly containerYaml?: string | undefined;
  readonly gatingYaml?: string | undefined;
  /** Git tree id of the folder. */
  readonly treeId: string;
  /** Unix time, seconds. */
  readonly sourceTime: number;
}

/** Where a definition says what only all of them together can prove wrong. */
export interface DefinitionPlaces {
  /** By the name of the image that is built on. */
  readonly parents: ReadonlyMap<string, Place>;
  readonly component: Place;
}

export type ReadImage =
  | { readonly image: ImageDefinition; readonly places: DefinitionPlaces }
  | { readonly problems: readonly string[] };

/** `releases` are the configured distro releases; an image that names none belongs to the only one there is. */
export const readImage = (files: ImageFiles, releases: readonly DistroRelease[]): ReadImage => {
  const name = ImageName.safeParse(files.name);
  if (!name.success) return { problems: [cannotName(files.name, reasonOf(name.error))] };
  const yaml = readContainerYaml(files.containerYaml ?? '');
  if ('problems' in yaml) return yaml;

  const problems: string[] = [];
  const { container } = yaml;
  const release = releaseOf(yaml, releases, problems);
  const made = howItIsMade(files, yaml, problems);
  const gating = readGatingYaml(files.gatingYaml ?? '', release?.productVersion ?? '');
  if ('problems' in gating) problems.push(...gating.problems);
  if (!release || 'problems' in gating || problems.length > 0) return { problems };

  const version = made.version ?? container.flibs.version ?? made.sourceLabels.get('version');
  if (!version)
    problems.push(problemAt(yaml.place('flibs', 'version'), 'no version: set it here, or the label version'));
  const arches = archesOf(yaml, release, problems);
  const bestEffort = bestEffortOf(yaml, arches, problems);
  if (problems.length > 0) return { problems };
  const { flibs } = container;
  const definition = {
    name: name.data,
    component: made.sourceLabels.get('com.redhat.component') ?? name.data,
    version,
    distroRelease: release.name,
    parents: made.parents,
    recipe: made.recipe,
    arches,
    ...(bestEffort.length > 0 && { bestEffort }),
    owners: flibs.owners ?? [],
    autoRebuild: flibs.auto_rebuild,
    ...(flibs.upgrade_inherited && { upgradeInherited: flibs.upgrade_inherited }),
    ...(flibs.on_withdrawal === 'rebuild' && { onWithdrawal: flibs.on_withdrawal }),
    ...(flibs.follow_build_parents && { followsBuildParents: true }),
    labels: flibs.labels ?? {},
    command: flibs.command,
    smokeTest: flibs.smoke_test,
    gating: gating.rules,
    treeId: files.treeId,
    sourceTime: files.sourceTime,
  };
  return checked(definition, made, yaml);
};

const cannotName = (name: string, why: string): string =>
  `${JSON.stringify(name.slice(0, 200))} cannot name an image: ${why}`;

const reasonOf = (error: { readonly issues: readonly { readonly message: string }[] }): string =>
  error.issues.map((issue) => issue.message).join('; ');

/** The last gate: names that come from labels are checked by the schema of what the store keeps. */
const checked = (definition: unknown, made: Made, yaml: ReadContainerYaml): ReadImage => {
  const image = ImageDefinition.safeParse(definition);
  const component = made.labelPlace('com.redhat.component');
  if (!image.success) {
    const placeOf = (key: string): Place => {
      if (key === 'component') return component;
      return key === 'version' && yaml.container.flibs.version === undefined
        ? made.labelPlace('version')
        : yaml.place('flibs', key);
    };
    return {
      problems: image.error.issues.map(({ path, message }) =>
        problemAt(placeOf(String(path[0] ?? '')), message),
      ),
    };
  }
  // A component is the first part of every NVR, and so of tags and file names.
  if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/.test(image.data.component)) {
    return { problems: [problemAt(component, 'must be letters, digits, . _ + -')] };
  }
  return { image: image.data, places: { parents: made.parentPlaces, component } };
};

const releaseOf = (
  { container, place }: ReadContainerYaml,
  releases: readonly DistroRelease[],
  problems: string[],
): DistroRelease | undefined => {
  const wanted = container.flibs.distro_release;
  const names = releases.map((release) => release.name).join(', ') || 'none';
  const release =
    wanted === undefined && releases.length === 1
      ? releases[0]
      : releases.find(({ name }) => name === wanted);
  if (!release) {
    const what = wanted === undefined ? 'must be set' : `${wanted} is not configured`;
    problems.push(problemAt(place('flibs', 'distro_release'), `${what}; configured are: ${names}`));
  }
  return release;
};

/** As OSBS does it: (those of the release, and in `only`) without `not`. */
const archesOf = (
  { container, place }: ReadContainerYaml,
  release: DistroRelease,
  problems: string[],
): readonly Arch[] => {
  const { only, not } = container.platforms;
  const arches = release.arches.filter(
    (arch) => (only?.includes(arch) ?? true) && !(not?.includes(arch) ?? false),
  );
  if (arches.length === 0) {
    const what = `leaves no arch of ${release.name} (${release.arches.join(', ')})`;
    problems.push(problemAt(place('platforms'), what));
  }
  return arches;
};

/** One that the image does not have is a slip; that all may fail is one too. */
const bestEffortOf = (
  { container, place }: ReadContainerYaml,
  arches: readonly Arch[],
  problems: string[],
): readonly Arch[] => {
  const wanted = container.flibs.arches.best_effort ?? [];
  const where = place('flibs', 'arches', 'best_effort');
  const foreign = wanted.filter((arch) => !arches.includes(arch));
  if (foreign.length > 0) problems.push(problemAt(where, `the image is not built for ${foreign.join(', ')}`));
  else if (arches.length > 0 && arches.every((arch) => wanted.includes(arch)))
    problems.push(problemAt(where, 'at least one arch must be required'));
  return arches.filter((arch) => wanted.includes(arch));
};
