/** Pages that are made from the program itself: the configuration's keys, every command's help, the consumers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { configurationPage } from '../config/document.ts';
import { consumersPage } from './consumers-page.ts';
import { exitCodes } from './exit-codes.ts';
import { fullName } from './full-name.ts';
import { packageRoot } from './package-root.ts';

const opening = `# The command line

Made from src/cli/ by \`flibs generate\`: change it there. Every key of the [configuration](configuration.md) is also a
flag of \`up\`, \`run\`, \`start\` and \`config show\`; they are left out below.

The commands that ask a running flibs find it by \`--api\`, else \`FLIBS_API\`, else \`api.json\` in the data directory. What
they write with is in the file that \`--token-file\` names, else in \`FLIBS_TOKEN\`, else in \`api.token\` in the data
directory ([security.md](security.md)).

| exit code | means |
|---|---|
`;

const exits = Object.values(exitCodes)
  .map(({ code, means }) => `| ${code} | ${means} |\n`)
  .join('');

/** Commander's own text, at a fixed width, without the options that every key of the configuration adds. */
const helpOf = (command: Command): string => {
  const [before = ''] = command.helpInformation().split(/\nConfiguration \(docs/);
  return before.trimEnd();
};

const chapter = (command: Command): string => {
  const own = `\n## ${fullName(command)}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`;
  return own + command.commands.map(chapter).join('');
};

/** docs/cli.md. */
const commandLinePage = (program: Command): string => opening + exits + chapter(program);

const pages = (program: Command): ReadonlyMap<string, string> =>
  new Map([
    ['docs/cli.md', commandLinePage(program)],
    ['docs/configuration.md', configurationPage()],
    ['consumers/README.md', consumersPage()],
  ]);

/** Paths of the pages that are missing or not current. Changes nothing. */
export const checkPages = async (program: Command, root = packageRoot()): Promise<string[]> => {
  const stale: string[] = [];
  for (const [path, text] of pages(program)) {
    const found = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (found !== text) stale.push(path);
  }
  return stale;
};

/** Writes the pages that are not current, and names them. */
export const generatePages = async (program: Command, root = packageRoot()): Promise<string[]> => {
  const stale = await checkPages(program, root);
  for (const path of stale) await writeFile(join(root, path), pages(program).get(path) ?? '');
  return stale;
};
