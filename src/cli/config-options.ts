/** The configuration's keys as flags, and the configuration of a command line. */
import { type Command, Option } from 'commander';
import type { NamedKey } from '../config/keys.ts';
import { namedKeys } from '../config/keys.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Terminal } from './terminal.ts';

const group = 'Configuration (docs/configuration.md; also in flibs.yaml and the environment):';

const nameInOptions = (flag: string): string =>
  flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const placeholder = ({ key: { format, default: preset } }: NamedKey): string => {
  if (typeof preset === 'boolean') return '[yes|no]';
  if (typeof format !== 'string') return `<${format.join('|')}>`;
  if (typeof preset === 'number') return '<number>';
  return Array.isArray(preset) ? '<list>' : `<${format.replace('flibs-', '')}>`;
};

const optionOf = (named: NamedKey): Option => {
  const option = new Option(`--${named.flag} ${placeholder(named)}`, named.key.doc).helpGroup(group);
  return typeof named.key.default === 'boolean' ? option.preset('yes') : option;
};

const configFile = (): Option =>
  new Option('--config <file>', 'YAML file of the configuration (default: FLIBS_CONFIG, else ./flibs.yaml)');

const flagged = (): readonly NamedKey[] => namedKeys.filter(({ flag }) => flag !== undefined);

/** For the commands that run something: `--config` and every key. */
export const addConfigOptions = (command: Command): Command => {
  command.addOption(configFile());
  for (const named of flagged()) command.addOption(optionOf(named));
  return command;
};

/** For the commands that talk to a running flibs. */
export const addApiOptions = (command: Command): Command =>
  command
    .addOption(new Option('--json', 'print JSON'))
    .addOption(
      new Option('--api <url>', 'address of the API (default: FLIBS_API, else what the data directory says)'),
    )
    .addOption(new Option('--data-directory <path>', 'data directory of the running flibs'))
    .addOption(
      new Option(
        '--token-file <file>',
        'token to write with (default: FLIBS_TOKEN, else what the data directory has)',
      ),
    )
    .addOption(configFile());

/** What commander gives, by camel-cased name. */
export type OptionValues = Readonly<Record<string, unknown>>;

export const optionText = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** Loads the configuration that these options ask for; `flags` adds to them. */
export const configOf = async (
  options: OptionValues,
  terminal: Terminal,
  flags: Readonly<Record<string, string>> = {},
): Promise<LoadedConfig> => {
  const { loadConfig } = await import('../config/load.ts');
  const given = flagged().flatMap(({ flag = '' }) => {
    const value = optionText(options, nameInOptions(flag));
    return value === undefined ? [] : [[flag, value] as const];
  });
  return loadConfig({
    file: optionText(options, 'config'),
    env: terminal.env,
    flags: { ...Object.fromEntries(given), ...flags },
    workingDirectory: terminal.workingDirectory,
  });
};
