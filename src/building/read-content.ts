/** What is in an image's root, as its rpmdb lists it. */

import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byText } from '../../schemas/by-text.ts';
import { ModuleLabel, type Rpm } from '../../schemas/content.ts';
import { sourceOfFileName } from '../rpm/nevra.ts';
import { databaseNames, findRpmdb } from './inside-root.ts';
import { runToSuccess } from './run-program.ts';

export interface InstalledContent {
  /** Sorted by NEVRA; keys are not content. */
  readonly rpms: readonly Rpm[];
  /** Unix time, seconds, at which the newest of them was built; 0 for none. */
  readonly newestBuild: number;
}

const fields = ['NAME', 'EPOCH', 'VERSION', 'RELEASE', 'ARCH', 'SOURCERPM', 'MODULARITYLABEL', 'BUILDTIME'];
const queryFormat = `${fields.map((field) => `%{${field}}`).join('\\t')}\\n`;

/**
 * Reads a copy, into `scratch`: a write-ahead log cannot be read in place where nothing may be written, and reading
 * must not change the image.
 */
export const readContent = async (
  root: string,
  scratch: string,
  env: Readonly<Record<string, string>>,
): Promise<InstalledContent> => {
  const rpmdb = await findRpmdb(root);
  if (rpmdb === undefined) return { rpms: [], newestBuild: 0 };
  const copy = join(scratch, 'rpmdb');
  await mkdir(scratch, { recursive: true });
  await cp(rpmdb, copy, { recursive: true, force: true, verbatimSymlinks: true });
  return readRpmdb(copy, env);
};

/**
 * The packages of the database in a directory of the host, which rpm may write to.
 * @throws Error for a database that rpm cannot read, and for one of a kind that it was not built for.
 */
export const readRpmdb = async (
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<InstalledContent> => {
  const { stdout } = await runToSuccess({
    file: 'rpm',
    args: ['--dbpath', directory, '--query', '--all', '--queryformat', queryFormat],
    env,
  });
  const content = parseContent(stdout);
  if (stdout === '') await refuseForeignKind(directory);
  return content;
};

/** rpm lists nothing, and calls it a success, where it was built without the kind of database that it finds. */
const refuseForeignKind = async (directory: string): Promise<void> => {
  const [kind] = (await readdir(directory)).filter((name) => databaseNames.includes(name));
  if (kind === undefined || kind === 'rpmdb.sqlite') return;
  const format = kind === 'Packages.db' ? 'ndb' : 'Berkeley DB';
  throw new Error(`the rpm of this host cannot read its database: ${kind} (${format})`);
};

/** Reads the lines that rpm printed. Pure. @throws Error for a line of another form. */
export const parseContent = (stdout: string): InstalledContent => {
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('gpg-pubkey\t'));
  const rpms = lines.map(parseLine).sort((a, b) => byText(nevraKey(a.rpm), nevraKey(b.rpm)));
  return {
    rpms: rpms.map(({ rpm }) => rpm),
    newestBuild: rpms.reduce((newest, { built }) => Math.max(newest, built), 0),
  };
};

const parseLine = (line: string): { rpm: Rpm; built: number } => {
  const [name, epoch, version, release, arch, sourceRpm, module, built] = line.split('\t');
  if (!name || !version || !release || !arch || epoch === undefined) {
    throw new Error(`rpm printed a line that is no package: ${JSON.stringify(line)}`);
  }
  const source = sourceOfFileName(sourceRpm ?? '');
  const label = ModuleLabel.safeParse(module);
  const rpm: Rpm = {
    name,
    epoch: numberOr0(epoch),
    version,
    release,
    arch,
    sourceName: source?.name ?? name,
    // The file name of a source package has no epoch; that of its binaries is the nearest to it.
    sourceEvr: `${numberOr0(epoch) === 0 ? '' : `${epoch}:`}${source?.version ?? version}-${source?.release ?? release}`,
    ...(label.success ? { module: label.data } : {}),
  };
  return { rpm, built: numberOr0(built ?? '') };
};

/** rpm prints `(none)` for a tag that is not there. */
const numberOr0 = (text: string): number => (/^[0-9]+$/.test(text) ? Number(text) : 0);

const nevraKey = (rpm: Rpm): string => [rpm.name, rpm.epoch, rpm.version, rpm.release, rpm.arch].join('\n');
