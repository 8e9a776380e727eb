/** A folder's files to an image definition, or to everything that is wrong with them at once. */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageDefinition, type Parent } from '../../schemas/files/image.ts';
import { type Arch, ImageName } from '../../schemas/ids.ts';
import { type ContainerYaml, readContainerYaml } from './container-yaml.ts';
import { type ParsedContainerfile, parseContainerfile } from './containerfile.ts';
import { readGatingYaml } from './gating-yaml.ts';
import { readParentReference } from './parent-reference.ts';

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

export type ReadImage = { readonly image: ImageDefinition } | { readonly problems: readonly string[] };

/** `releases` are the configured distro releases; an image that names none belongs to the only one there is. */
export const readImage = (files: ImageFiles, releases: readonly DistroRelease[]): ReadImage => {
  const name = ImageName.safeParse(files.name);
  if (!name.success) return { problems: [cannotName(files.name, reasonOf(name.error))] };
  const yaml = readContainerYaml(files.containerYaml ?? '');
  if ('problems' in yaml) return yaml;

  const problems: string[] = [];
  const { container } = yaml;
  const release = releaseOf(container, releases, problems);
  const made =
    files.containerfile === undefined
      ? fromPackages(container, problems)
      : fromContainerfile(files, container, problems);
  const gating = readGatingYaml(files.gatingYaml ?? '', release?.productVersion ?? '');
  if ('problems' in gating) problems.push(...gating.problems);
  if (!release || 'problems' in gating || problems.length > 0) return { problems };

  const version = container.flibs.version ?? made.sourceLabels.get('version');
  if (!version) problems.push('no version: set flibs.version in container.yaml, or the label version');
  const arches = archesOf(container, release, problems);
  if (problems.length > 0) return { problems };
  const { flibs } = container;
  return checked({
    name: name.data,
    component: made.sourceLabels.get('com.redhat.component') ?? name.data,
    version,
    distroRelease: release.name,
    parents: made.parents,
    recipe: made.recipe,
    arches,
    owners: flibs.owners ?? [],
    autoRebuild: flibs.auto_rebuild,
    labels: flibs.labels ?? {},
    command: flibs.command,
    smokeTest: flibs.smoke_test,
    gating: gating.rules,
    treeId: files.treeId,
    sourceTime: files.sourceTime,
  });
};

const cannotName = (name: string, why: string): string =>
  `${JSON.stringify(name.slice(0, 200))} cannot name an image: ${why}`;

const reasonOf = (error: { readonly issues: readonly { readonly message: string }[] }): string =>
  error.issues.map((issue) => issue.message).join('; ');

/** The last gate: names that come from labels are checked by the schema of what the store keeps. */
const checked = (definition: unknown): ReadImage => {
  const image = ImageDefinition.safeParse(definition);
  if (!image.success) {
    return {
      problems: image.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`),
    };
  }
  // A component is the first part of every NVR, and so of tags and file names.
  if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/.test(image.data.component)) {
    return { problems: ['the label com.redhat.component must be letters, digits, . _ + -'] };
  }
  return { image: image.data };
};

const releaseOf = (
  container: ContainerYaml,
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
    problems.push(`container.yaml: flibs.distro_release: ${what}; configured are: ${names}`);
  }
  return release;
};

/** As OSBS does it: (those of the release, and in `only`) without `not`. */
const archesOf = (container: ContainerYaml, release: DistroRelease, problems: string[]): readonly Arch[] => {
  const { only, not } = container.platforms;
  const arches = release.arches.filter(
    (arch) => (only?.includes(arch) ?? true) && !(not?.includes(arch) ?? false),
  );
  if (arches.length === 0) {
    problems.push(
      `container.yaml: platforms leaves no arch of ${release.name} (${release.arches.join(', ')})`,
    );
  }
  return arches;
};

interface Made {
  readonly parents: readonly Parent[];
  readonly recipe: ImageDefinition['recipe'];
  /** Labels that version and component are read from. */
  readonly sourceLabels: ReadonlyMap<string, string>;
}

const fromPackages = (container: ContainerYaml, problems: string[]): Made => {
  const packages = container.compose.packages ?? [];
  if (packages.length === 0)
    problems.push('neither a Containerfile nor compose.packages in container.yaml: nothing to build');
  const parents = parentOf(
    container.flibs.parent ?? 'scratch',
    'layer',
    'container.yaml: flibs.parent',
    problems,
  );
  return {
    parents,
    recipe: { kind: 'packages', packages },
    sourceLabels: new Map(Object.entries(container.flibs.labels ?? {})),
  };
};

const fromContainerfile = (files: ImageFiles, container: ContainerYaml, problems: string[]): Made => {
  for (const key of ['parent', 'labels', 'command'] as const) {
    if (container.flibs[key] !== undefined) {
      problems.push(
        `container.yaml: flibs.${key}: is for images given as a package list; the Containerfile says it here`,
      );
    }
  }
  const path = files.containerfilePath ?? 'Containerfile';
  const parsed = parseContainerfile(files.containerfile ?? '');
  problems.push(...parsed.problems.map((problem) => `${path}: ${problem}`));
  return {
    parents: parentsOf(parsed, path, problems),
    recipe: { kind: 'containerfile', path },
    sourceLabels: parsed.labels,
  };
};

const parentsOf = (parsed: ParsedContainerfile, path: string, problems: string[]): readonly Parent[] => [
  ...(parsed.layerParent === undefined ? [] : parentOf(parsed.layerParent, 'layer', path, problems)),
  ...parsed.buildOnly.flatMap((from) => parentOf(from, 'build-only', path, problems)),
];

const parentOf = (
  name: string,
  edge: Parent['edge'],
  where: string,
  problems: string[],
): readonly Parent[] => {
  const reference = readParentReference(name);
  if (reference.kind === 'scratch') return [];
  if (reference.kind !== 'problem') return [{ ...reference, edge }];
  problems.push(`${where}: ${reference.problem}`);
  return [];
};
