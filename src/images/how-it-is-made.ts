/** What an image is built on and from: its Containerfile, or its list of packages. */
import type { ImageDefinition, Parent } from '../../schemas/files/image.ts';
import type { ReadContainerYaml } from './container-yaml.ts';
import { type ParsedContainerfile, parseContainerfile } from './containerfile.ts';
import { readParentReference } from './parent-reference.ts';
import { type Place, problemAt } from './problem-at.ts';

export interface Made {
  readonly parents: readonly Parent[];
  /** By the name that is written there. */
  readonly parentPlaces: ReadonlyMap<string, Place>;
  readonly recipe: ImageDefinition['recipe'];
  /** Where it follows from what the image is made of. */
  readonly version?: string | undefined;
  /** Labels that version and component are read from. */
  readonly sourceLabels: ReadonlyMap<string, string>;
  readonly labelPlace: (label: string) => Place;
}

export const howItIsMade = (
  files: {
    readonly containerfile?: string | undefined;
    readonly containerfilePath?: string | undefined;
  },
  yaml: ReadContainerYaml,
  problems: string[],
): Made =>
  files.containerfile === undefined
    ? fromPackages(yaml, problems)
    : fromContainerfile(files.containerfilePath ?? 'Containerfile', files.containerfile, yaml, problems);

/** Packages first: beside them, as in OSBS, modules only say which streams a compose has. */
const installed = (yaml: ReadContainerYaml, problems: string[]): Made['recipe'] => {
  const { container, place } = yaml;
  const { packages = [], modules = [] } = container.compose;
  if (packages.length > 0) return { kind: 'packages', packages };
  if (modules.length > 0) return moduleRecipe(yaml, modules, problems);
  const what = 'nothing to build: neither a Containerfile, nor a list of packages, nor a module';
  problems.push(problemAt(place('compose', 'packages'), what));
  return { kind: 'packages', packages };
};

const moduleRecipe = (
  { container, place }: ReadContainerYaml,
  modules: readonly string[],
  problems: string[],
): Made['recipe'] => {
  // Never an option of dnf's.
  const word = '[A-Za-z0-9_][A-Za-z0-9._+-]*';
  const parts = modules.map((text) => new RegExp(`^(${word}:${word})(?:/(${word}))?$`).exec(text));
  const odd = modules[parts.indexOf(null)];
  if (odd !== undefined) {
    const what = `must be name:stream or name:stream/profile, not ${JSON.stringify(odd.slice(0, 80))}`;
    problems.push(problemAt(place('compose', 'modules'), what));
  }
  const [module = '', ...others] = new Set(parts.map((part) => part?.[1] ?? ''));
  if (others.length > 0)
    problems.push(problemAt(place('compose', 'modules'), 'an image can be one module only, in one stream'));
  if (container.flibs.version !== undefined)
    problems.push(problemAt(place('flibs', 'version'), "the version of a module's image is its stream"));
  return { kind: 'module', module, profiles: parts.flatMap((part) => part?.[2] ?? []) };
};

/** As Koji names builds of modules: versions have no dash. */
const versionOfStream = (recipe: Made['recipe']): string | undefined =>
  recipe.kind === 'module' ? recipe.module.split(':')[1]?.replaceAll('-', '_') : undefined;

const fromPackages = (yaml: ReadContainerYaml, problems: string[]): Made => {
  const { container, place } = yaml;
  const recipe = installed(yaml, problems);
  const parent = container.flibs.parent ?? 'scratch';
  const parentPlace = place('flibs', 'parent');
  return {
    parents: parentOf(parent, 'layer', parentPlace, problems),
    parentPlaces: new Map([[parent, parentPlace]]),
    recipe,
    version: versionOfStream(recipe),
    sourceLabels: new Map(Object.entries(container.flibs.labels ?? {})),
    labelPlace: (label) => place('flibs', 'labels', label),
  };
};

const fromContainerfile = (
  file: string,
  text: string,
  { container, place }: ReadContainerYaml,
  problems: string[],
): Made => {
  for (const key of ['parent', 'labels', 'command'] as const) {
    if (container.flibs[key] === undefined) continue;
    const what = 'is for images given as a package list; the Containerfile says it here';
    problems.push(problemAt(place('flibs', key), what));
  }
  const parsed = parseContainerfile(text);
  problems.push(
    ...parsed.problems.map(({ line, keyword, what }) => problemAt({ file, line, key: keyword }, what)),
  );
  const parentPlaces = new Map<string, Place>();
  for (const { from, keyword, line } of parsed.references.toReversed())
    parentPlaces.set(from, { file, line, key: keyword });
  return {
    parents: parentsOf(parsed, (from) => parentPlaces.get(from) ?? { file }, problems),
    parentPlaces,
    recipe: { kind: 'containerfile', path: file },
    sourceLabels: parsed.labels,
    labelPlace: (label) => ({ file, line: parsed.labelLines.get(label), key: `LABEL ${label}` }),
  };
};

const parentsOf = (
  { layerParent, buildOnly }: ParsedContainerfile,
  placeOf: (from: string) => Place,
  problems: string[],
): readonly Parent[] => [
  ...(layerParent === undefined ? [] : parentOf(layerParent, 'layer', placeOf(layerParent), problems)),
  ...buildOnly.flatMap((from) => parentOf(from, 'build-only', placeOf(from), problems)),
];

const parentOf = (
  name: string,
  edge: Parent['edge'],
  where: Place,
  problems: string[],
): readonly Parent[] => {
  const reference = readParentReference(name);
  if (reference.kind === 'scratch') return [];
  if (reference.kind !== 'problem') return [{ ...reference, edge }];
  problems.push(problemAt(where, reference.problem));
  return [];
};
