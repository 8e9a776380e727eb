/** The examples' packages, built and signed for each arch once a run; whoever wants a repository gets a copy. */
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Arch } from '../../schemas/ids.ts';
import {
  demoArches,
  type ExamplePackages,
  type ExampleRepository,
  makePackages,
  repositoryOf,
} from '../../src/cli/demo/packages.ts';
import { signingKey } from '../../src/cli/demo/signing-key.ts';
import { addressIn } from '../servers/address.ts';
import { underLock } from '../servers/database.ts';

/** Fetched once, not for every test file. */
export const busyboxCache = fileURLToPath(
  new URL('../../node_modules/.cache/flibs/busybox', import.meta.url),
);

/** As `makePackages`. */
export const copyPackages = async (packages: ExamplePackages): Promise<ExampleRepository> => {
  const { dataDir, repoDir, openssl, arches = demoArches } = packages;
  const shared = join(addressIn('FLIBS_TEST_SHARED'), 'packages');
  const made = join(shared, `openssl-${openssl.version}-${openssl.release}`);
  await underLock('example packages', async () => {
    for (const arch of arches)
      if (!existsSync(join(made, arch))) await makeFor(arch, { ...packages, dataDir: shared, repoDir: made });
  });
  await cp(shared, dataDir, { recursive: true, filter: (path) => !path.startsWith(`${shared}/openssl-`) });
  for (const arch of arches) await cp(join(made, arch), join(repoDir, arch), { recursive: true });
  return repositoryOf(repoDir, await signingKey(dataDir));
};

/** Under its name only when it is complete. */
const makeFor = async (arch: Arch, packages: ExamplePackages): Promise<void> => {
  const incomplete = join(packages.dataDir, 'incomplete');
  await rm(incomplete, { recursive: true, force: true });
  await makePackages({ ...packages, repoDir: incomplete, arches: [arch], cacheDir: busyboxCache });
  await mkdir(packages.repoDir, { recursive: true });
  await rename(join(incomplete, arch), join(packages.repoDir, arch));
};
