/** `npm start`: sets this machine up as the demo does, and stays up as a service. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/load.ts';
import { type DemoSite, preparedSite, prepareSite } from './demo/prepare.ts';
import { prepareHost } from './prepare-host.ts';
import { heldDirectory } from './running/addresses.ts';
import { up } from './up.ts';

export interface StartOptions {
  readonly log: Logger;
  readonly install: boolean;
}

/** Made once: a later start finds its packages as they were, and one beside a running flibs touches nothing. */
const exampleSite = async (site: DemoSite): Promise<Config> => {
  const directory = await heldDirectory(site.dataDirectory);
  try {
    return (await preparedSite(site)) ?? (await prepareSite(site));
  } finally {
    await directory.release();
  }
};

/** With definitions configured it runs those; without, the example images on example packages. */
export const start = async (config: Config, { log, install }: StartOptions): Promise<void> => {
  const say = (text: string) => log.info(text);
  await prepareHost({ install, say });
  const configured = config.definitions.path !== '' || config.definitions.url !== '';
  if (configured) return up(config, { log });
  const site = {
    dataDirectory: resolve(config.data_directory),
    instance: config.instance,
    topicPrefix: config.topic_prefix,
    say,
    quietPeriod: config.rebuild.quiet_period,
  };
  const { definitions, distro_releases } = await exampleSite(site);
  await up({ ...config, definitions, distro_releases }, { log });
};
