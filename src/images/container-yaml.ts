/** container.yaml: the keys of OSBS that planning needs, and ours under `flibs:`. OSBS's other keys are its own. */
import { z } from 'zod';
import { Arch, DistroReleaseName } from '../../schemas/ids.ts';
import { type Place, problemAt } from './problem-at.ts';
import { absentIfEmpty, OneOrMany, readYaml, type YamlPath, yamlProblems } from './yaml-text.ts';

const ArchName = z.enum(Arch.options, `must be one of ${Arch.options.join(', ')}`);

const Flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

/** dnf's names: a package, with version or arch if wanted, or `@module:stream`. Never an option. */
const PackageName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_@][A-Za-z0-9._+~^:-]*$/, 'must be the name of a package');

const LabelName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'label names are letters, digits, . _ / -');

const withoutNul = z
  .string()
  .max(4096)
  .refine((value) => !value.includes('\0'), 'must not hold NUL');

const YamlSmokeTest = z.strictObject({
  command: z
    .array(withoutNul.min(1), 'must be a list: the program and its arguments')
    .min(1, 'must not be empty'),
  timeout: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be whole seconds, at most 3600')
    .transform(Number)
    .refine((seconds) => seconds <= 3600, 'must be at most 3600 seconds')
    .default(120),
});

const flibsKeys = {
  distro_release: absentIfEmpty(DistroReleaseName.optional()),
  parent: absentIfEmpty(z.string().optional()),
  version: absentIfEmpty(
    z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9._+~^]+$/, 'must be letters, digits, . _ + ~ ^ (no dash)')
      .optional(),
  ),
  auto_rebuild: absentIfEmpty(Flag.default(true)),
  arches: absentIfEmpty(z.strictObject({ best_effort: OneOrMany(ArchName) }).prefault({})),
  upgrade_inherited: absentIfEmpty(
    z.enum(['security', 'always', 'never'], 'must be security, always or never').optional(),
  ),
  follow_build_parents: absentIfEmpty(Flag.default(false)),
  on_withdrawal: absentIfEmpty(z.enum(['alarm', 'rebuild'], 'must be alarm or rebuild').default('alarm')),
  owners: OneOrMany(withoutNul.min(1)),
  labels: absentIfEmpty(z.record(LabelName, withoutNul).optional()),
  command: OneOrMany(withoutNul),
  smoke_test: absentIfEmpty(YamlSmokeTest.optional()),
};

const ContainerYaml = z.looseObject({
  platforms: absentIfEmpty(
    z.looseObject({ only: OneOrMany(ArchName), not: OneOrMany(ArchName) }).prefault({}),
  ),
  compose: absentIfEmpty(
    z.looseObject({ packages: OneOrMany(PackageName), modules: OneOrMany(withoutNul) }).prefault({}),
  ),
  flibs: absentIfEmpty(z.strictObject(flibsKeys).prefault({})),
});
export type ContainerYaml = z.infer<typeof ContainerYaml>;

const FILE = 'container.yaml';

export interface ReadContainerYaml {
  readonly container: ContainerYaml;
  /** Where a key of it stands, or would. */
  readonly place: (...path: YamlPath) => Place;
}

/** Absent or empty text is a file that says nothing. */
export const readContainerYaml = (
  text: string,
): ReadContainerYaml | { readonly problems: readonly string[] } => {
  const yaml = readYaml(FILE, text);
  if ('problems' in yaml) return yaml;
  const [document, second] = yaml.documents;
  if (second) return { problems: [problemAt(second.place([]), 'holds more than one document')] };
  if (document === undefined || document.value === '') {
    const place = (...path: YamlPath) => ({ file: FILE, key: path.map(String).join('.') });
    return { container: ContainerYaml.parse({}), place };
  }
  const parsed = ContainerYaml.safeParse(document.value);
  if (parsed.success) return { container: parsed.data, place: (...path) => document.place(path) };
  const known = {
    flibs: Object.keys(flibsKeys),
    'flibs.arches': ['best_effort'],
    'flibs.smoke_test': Object.keys(YamlSmokeTest.shape),
  };
  return { problems: yamlProblems(document, parsed.error, known) };
};
