/** Builds binary RPMs from the example specs, the same bytes each time, for any architecture without emulation. */
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../../schemas/ids.ts';
import { runToSuccess } from '../../building/run-program.ts';
import { examplePackagesDir } from './example-files.ts';
import { type GreeterBuild, labelOf } from './example-module.ts';

/** Version and release (without the dist tag) of the example's openssl. */
export interface OpensslVersion {
  readonly version: string;
  readonly release: string;
}

export interface RpmOrder {
  /** Scratch directory; the RPMs are left in `<workDir>/rpms/<arch>`. */
  readonly workDir: string;
  readonly specs: readonly string[];
  /** An arch of rpm's, or `noarch`. */
  readonly target: Arch | 'noarch';
  readonly busybox: ReadonlyMap<Arch, string>;
  readonly openssl: OpensslVersion;
  readonly greeter: GreeterBuild;
  readonly dist: string;
}

/** Nothing that changes with time or host goes into a package (BUILDING section 0). */
const macros = `%use_source_date_epoch_as_buildtime 1
%clamp_mtime_to_source_date_epoch 1
%_buildhost builder.local
%_build_id_links none
%__os_install_post %{nil}
%debug_package %{nil}
%_binary_payload w6.gzdio
%_dbpath /var/lib/rpm
`;

/** Time of the example packages: their content decides, not when they were made. */
const packagesEpoch = '1700000000';

/** Builds the specs for one target. Resolves the files made. */
export const buildRpms = async (order: RpmOrder): Promise<readonly string[]> => {
  const top = join(order.workDir, `build-${order.target}`);
  const sources = join(top, 'sources');
  const rpms = join(order.workDir, 'rpms', order.target);
  for (const path of [sources, rpms, join(top, 'home')]) await mkdir(path, { recursive: true });
  await writeFile(join(top, 'home', '.rpmmacros'), macros);
  for (const [arch, path] of order.busybox) await copyFile(path, join(sources, `busybox-${arch}`));
  const defines = [
    `_topdir ${top}`,
    `_sourcedir ${sources}`,
    `_rpmdir ${rpms}`,
    '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
    `dist ${order.dist}`,
    `openssl_version ${order.openssl.version}`,
    `openssl_release ${order.openssl.release}`,
    `greeter_version ${order.greeter.version}`,
    `greeter_label ${labelOf(order.greeter)}`,
  ];
  const specs = order.specs.map((name) => join(examplePackagesDir(), `${name}.spec`));
  await runToSuccess({
    file: 'rpmbuild',
    args: [
      '-bb',
      '--quiet',
      '--target',
      `${order.target}-linux`,
      ...defines.flatMap((define) => ['--define', define]),
      '--',
      ...specs,
    ],
    env: { HOME: join(top, 'home'), SOURCE_DATE_EPOCH: packagesEpoch },
  });
  return (await readdir(rpms)).filter((name) => name.endsWith('.rpm')).map((name) => join(rpms, name));
};
