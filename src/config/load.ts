/** The effective configuration: defaults, then the file, then the environment, then flags. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import convict from 'convict';
import { formats } from '../../config/formats.ts';
import { type Config, configKeys } from '../../config/schema.ts';
import { checkTogether } from './check-together.ts';
import { readDistroReleases } from './distro-releases.ts';
import { namedKeys } from './keys.ts';
import { environmentLayer, fileLayer, flagLayer, type GivenValue, type Layer } from './layers.ts';
import { type ListKey, withList } from './list-key.ts';
import { ConfigError, type ConfigProblem, reasonOf } from './problem.ts';
import { readReporters } from './reporters.ts';
import { readRules } from './rules.ts';
import { readYamlFile } from './yaml-file.ts';

export type { Config } from '../../config/schema.ts';

/** The key's origin: `default`, `file <path>`, `environment <variable>` or `flag --<flag>`. */
export type Origins = ReadonlyMap<string, string>;

export interface ConfigSources {
  /** From `--config`. Absent: `FLIBS_CONFIG`, else flibs.yaml in the working directory where there is one. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By flag without its dashes: `{'bus-url': 'amqp://...'}`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** What relative paths start from. Default: the process's. */
  readonly workingDirectory?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Origins;
  /** The file that was read; undefined where there was none. */
  readonly file: string | undefined;
}

for (const [name, { accepts, convert, describe }] of Object.entries(formats)) {
  const validate = (value: unknown): void => {
    if (!accepts(value)) throw new Error(`must be ${describe}`);
  };
  convict.addFormat(convert === undefined ? { name, validate } : { name, validate, coerce: convert });
}

const fileOf = (sources: ConfigSources, directory: string): { path: string; origin: string } | undefined => {
  if (sources.file !== undefined) return { path: resolve(directory, sources.file), origin: 'flag --config' };
  const named = sources.env['FLIBS_CONFIG'];
  if (named !== undefined && named !== '') {
    return { path: resolve(directory, named), origin: 'environment FLIBS_CONFIG' };
  }
  const usual = resolve(directory, 'flibs.yaml');
  return existsSync(usual) ? { path: usual, origin: 'working directory' } : undefined;
};

const readFileLayer = async (file: { path: string; origin: string } | undefined): Promise<Layer> =>
  file === undefined
    ? { values: [], problems: [] }
    : fileLayer(await readYamlFile(file.path, file.origin), `file ${file.path}`, dirname(file.path));

/** Convict's message, one line a key, with each key's origin. */
const explain = (message: string, origins: Origins): ConfigProblem[] =>
  message.split('\n').map((line) => {
    const [, key = 'configuration', problem = line] = /^([a-z_.]+): (.*)$/s.exec(line) ?? [];
    return { key, origin: origins.get(key) ?? 'unknown', problem };
  });

const defaultValues = (directory: string): GivenValue[] =>
  namedKeys
    .filter(({ key }) => key.format === 'flibs-path' && typeof key.default === 'string' && key.default !== '')
    .map(({ name, key }) => ({ name, value: resolve(directory, String(key.default)), origin: 'default' }));

const distroReleases: ListKey = {
  listKey: 'distro_releases',
  fileKey: 'distro_releases_file',
  read: (raw, directory) => {
    const { releases, problems } = readDistroReleases(raw, directory);
    return problems === undefined ? { list: releases } : { problems };
  },
};

const rules: ListKey = {
  listKey: 'rules',
  fileKey: 'rules_file',
  read: (raw) => {
    const { rules: list, problems } = readRules(raw);
    return problems === undefined ? { list } : { problems };
  },
};

const reporters: ListKey = { listKey: 'results.reporters', read: readReporters };

/** Later values win; convict converts and checks them. */
const combine = (values: readonly GivenValue[]): { config: Config; origins: Origins } => {
  const loaded = convict<Config>(configKeys, { args: [], env: {} });
  const origins = new Map(namedKeys.map(({ name }) => [name, 'default']));
  for (const { name, value, origin } of values) {
    loaded.set(name, value);
    origins.set(name, origin);
  }
  try {
    loaded.validate({ allowed: 'strict' });
  } catch (error) {
    throw new ConfigError(explain(reasonOf(error), origins), { cause: error });
  }
  return { config: loaded.getProperties(), origins };
};

/**
 * Loads and checks the configuration.
 *
 * @throws {@link ConfigError} naming every wrong key or value, where it came from and what is allowed.
 */
export const loadConfig = async (sources: ConfigSources): Promise<LoadedConfig> => {
  const directory = sources.workingDirectory ?? process.cwd();
  const file = fileOf(sources, directory);
  const layers = [
    await readFileLayer(file),
    environmentLayer(sources.env, directory),
    flagLayer(sources.flags ?? {}, directory),
  ];
  const problems = layers.flatMap((layer) => layer.problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const given = [...defaultValues(directory), ...layers.flatMap((layer) => layer.values)];
  const from = file === undefined ? directory : dirname(file.path);
  const { config, origins } = combine(
    await withList(await withList(await withList(given, from, distroReleases), from, rules), from, reporters),
  );
  checkTogether(config, origins);
  return { config, origins, file: file?.path };
};
