/** The demo's site at the moment before the update: made once, and put back before every turn of either side. */
import { cp, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type DemoSite, prepareSite, publishNewerOpenssl } from '../../src/cli/demo/prepare.ts';
import type { Config } from '../../src/config/load.ts';

export interface Site extends DemoSite {
  readonly config: Config;
  /** Where the site is kept as it was, and the repository with the update in it. */
  readonly pristine: string;
  readonly newer: string;
}

/** Packages, and the repository once with and once without the newer one. No flibs has run on it yet. */
export const makeSite = async (directory: string, say: (text: string) => void): Promise<Site> => {
  const dataDirectory = join(directory, 'site');
  const site: DemoSite = {
    dataDirectory,
    instance: 'bench',
    topicPrefix: 'org.fedoraproject.prod',
    say,
    quietPeriod: 0,
  };
  const config = await prepareSite(site);
  const [repository, older] = [join(dataDirectory, 'repository'), join(directory, 'older')];
  const newer = join(directory, 'newer');
  await cp(repository, older, { recursive: true });
  await publishNewerOpenssl(site);
  await rename(repository, newer);
  await rename(older, repository);
  return { ...site, config, pristine: join(directory, 'pristine'), newer };
};

/** Keeps it as it is now. Nothing may run on it. */
export const keepPristine = async ({ dataDirectory, pristine }: Site): Promise<void> => {
  await execa('cp', ['--archive', '--', dataDirectory, pristine]);
};

/** As it was kept: owners, links and extended attributes included. */
export const restore = async ({ dataDirectory, pristine }: Site): Promise<void> => {
  await unmountBelow(dataDirectory);
  await execa('rm', ['--recursive', '--force', '--', dataDirectory]);
  await execa('cp', ['--archive', '--', pristine, dataDirectory]);
};

/** The update appears in the repository. */
export const publishUpdate = async ({ dataDirectory, newer }: Site): Promise<void> => {
  await mkdir(join(dataDirectory, 'repository'), { recursive: true });
  await execa('cp', ['--archive', '--', `${newer}/.`, join(dataDirectory, 'repository')]);
};

/** buildah mounts its storage upon itself, and does not take that away. The deepest first. */
export const unmountBelow = async (directory: string): Promise<void> => {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const points = table
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${directory}/`))
    .sort((a, b) => b.length - a.length);
  for (const point of points) await execa('umount', ['--', point]);
};
