/** Packages of a name and a version, from source packages of their own: real, signed, and empty. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../../schemas/ids.ts';
import { type SigningKey, signRpms } from '../../src/cli/demo/signing-key.ts';

/** Name and version, with a dash between: `zlib-2`. */
export type SmallPackage = string;

export const nvrOf = (small: SmallPackage): string => `${small}-1.fc40`;

const specOf = (small: SmallPackage): string => {
  const at = small.lastIndexOf('-');
  const [name, version] = [small.slice(0, at), small.slice(at + 1)];
  return `Name: ${name}\nVersion: ${version}\nRelease: 1.fc40\nSummary: x\nLicense: MIT\n%description\nx\n%files\n`;
};

const macros = [
  '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
  'use_source_date_epoch_as_buildtime 1',
  '_buildhost builder.local',
];

/** Builds them and puts them into the directory, without metadata. */
export const addSmallPackages = async (
  directory: string,
  packages: readonly SmallPackage[],
  arch: Arch,
  key: SigningKey,
): Promise<void> => {
  const scratch = await mkdtemp(`${directory}.`);
  try {
    const specs = packages.map((small) => join(scratch, `${small}.spec`));
    for (const [at, small] of packages.entries()) await writeFile(specs[at] ?? '', specOf(small));
    const defines = [`_topdir ${scratch}/build`, `_rpmdir ${scratch}/rpms`, ...macros];
    await execa(
      'rpmbuild',
      [
        ...['-bb', '--quiet', '--target', `${arch}-linux`],
        ...defines.flatMap((define) => ['--define', define]),
        ...['--', ...specs],
      ],
      { env: { SOURCE_DATE_EPOCH: '1700000000' } },
    );
    const made = (await readdir(join(scratch, 'rpms'))).map((name) => join(scratch, 'rpms', name));
    await signRpms(key, made);
    await mkdir(directory, { recursive: true });
    for (const file of made) await moveWhole(file, directory);
  } finally {
    await rm(scratch, { recursive: true });
  }
};

/** Whoever looks meanwhile sees all of it or nothing. */
const moveWhole = async (file: string, directory: string): Promise<void> => {
  const target = join(directory, file.slice(file.lastIndexOf('/') + 1));
  await copyFile(file, `${target}.new`);
  await rename(`${target}.new`, target);
};
