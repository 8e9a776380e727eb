/** Makes docs/configuration.md from the schema; a test says when it is not current. */
import { describeFormat } from '../../config/formats.ts';
import { type NamedKey, namedKeys } from './keys.ts';

const opening = `# Configuration

Made from config/schema.ts by \`flibs generate\`: change it there.

A value is taken from the last of these that gives it: the default, the file, the environment, a flag. The file is
YAML: \`--config\`, else \`FLIBS_CONFIG\`, else \`flibs.yaml\` in the working directory. Groups are nested in it
(\`bus: {url: ...}\`). An unknown key, an unknown \`FLIBS_...\` variable or a wrong value ends the program with exit code 2
and a line that names it. \`flibs config show\` prints what is in force and where each value came from, passwords masked.

Relative paths start at the file that names them, those of the environment and of flags at the working directory.
The distro releases have a file of their own: see [config/distro-releases.yaml](../config/distro-releases.yaml). So have the rules
of which images are rebuilt for what, and when: see [config/rules.yaml](../config/rules.yaml).
`;

const showDefault = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : `\`${value.join(',')}\``;
  return value === '' ? 'empty' : `\`${String(value)}\``;
};

const entry = ({ name, flag, key }: NamedKey): string => {
  const ways = flag === undefined ? 'in the file only' : `\`--${flag}\`, \`${key.env}\``;
  const secret = key.sensitive === true ? ' Masked where it is shown.' : '';
  const rule = `${describeFormat(key.format)}; default ${showDefault(key.default)}; ${ways}`;
  return `### ${name}\n\n${key.doc}${secret}\n\n${rule.charAt(0).toUpperCase()}${rule.slice(1)}.\n`;
};

/** The whole page. */
export const configurationPage = (): string => `${opening}\n${namedKeys.map(entry).join('\n')}`;
