/** What the demo runs on: example packages, and a configuration that names them and the example images. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Config, loadConfig } from '../../config/load.ts';
import { exampleImagesDir } from './example-files.ts';
import { addNewerGreeter, addNewerOpenssl, demoArches, makePackages } from './packages.ts';

/** The distro release of the examples. */
export const demoRelease = 'F40';

/** What the demo has installed first, and what it updates to. */
export const oldOpenssl = { version: '3.2.1', release: '2' };
export const newOpenssl = { version: '3.2.2', release: '1' };
export const newOpensslNvr = `openssl-${newOpenssl.version}-${newOpenssl.release}.fc40`;

export interface DemoSite {
  /** Absolute. */
  readonly dataDirectory: string;
  readonly instance: string;
  readonly topicPrefix: string;
  readonly say: (text: string) => void;
  /** Seconds without a nomination until a rebuild is planned. */
  readonly quietPeriod: number;
}

const packagesIn = ({ dataDirectory, say }: DemoSite) => ({
  dataDir: join(dataDirectory, 'packages'),
  repoDir: join(dataDirectory, 'repository'),
  say,
});

/** The configuration of a site that was prepared before; undefined where there is none. */
export const preparedSite = async ({ dataDirectory }: DemoSite): Promise<Config | undefined> => {
  const file = fileOf(dataDirectory);
  return existsSync(file) ? (await loadConfig({ file, env: {} })).config : undefined;
};

/** Written last, when the packages are there. */
const fileOf = (dataDirectory: string): string => join(dataDirectory, 'flibs.yaml');

/** Makes signed packages for four architectures and writes flibs.yaml beside them. */
export const prepareSite = async (site: DemoSite): Promise<Config> => {
  const { baseurl, keyFile } = await makePackages({ ...packagesIn(site), openssl: oldOpenssl });
  const file = fileOf(site.dataDirectory);
  const content = {
    instance: site.instance,
    topic_prefix: site.topicPrefix,
    data_directory: site.dataDirectory,
    definitions: { kind: 'directory', path: exampleImagesDir(), interval: 10 },
    rebuild: { quiet_period: site.quietPeriod, maximum: 60 },
    repositories: { interval: 300 },
    leases: { announcement_period: 2, run: 30 },
    distro_releases: [
      {
        name: demoRelease,
        productVersion: 'fedora-40',
        releasever: '40',
        branch: 'f40',
        arches: [...demoArches],
        repositories: [{ id: 'examples', baseurl, gpgkeys: [keyFile] }],
        koji: { tags: ['f40-updates'], buildTags: ['f40-build'] },
      },
    ],
  };
  await mkdir(site.dataDirectory, { recursive: true });
  await writeFile(file, stringify(content), { mode: 0o600 });
  const { config } = await loadConfig({ file, env: {} });
  return config;
};

/** The update that the demo is about: built, signed, and in the repository. */
export const publishNewerOpenssl = async (site: DemoSite): Promise<void> => {
  await addNewerOpenssl({ ...packagesIn(site), openssl: newOpenssl });
};

/** The second act's: a newer build of the module. */
export const publishNewerGreeter = async (site: DemoSite): Promise<void> => {
  await addNewerGreeter({ ...packagesIn(site), openssl: newOpenssl });
};
