/** `npm start`: sets this machine up as the demo does, and stays up as a service. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/load.ts';
import { ensurePrerequisites } from '../host/prerequisites.ts';
import { prepareSite } from './demo/prepare.ts';
import { up } from './up.ts';

export interface StartOptions {
  readonly log: Logger;
  readonly install: boolean;
}

/** With definitions configured it runs those; without, the example images on example packages. */
export const start = async (config: Config, { log, install }: StartOptions): Promise<void> => {
  const say = (text: string) => log.info(text);
  await ensurePrerequisites({ install, say });
  const configured = config.definitions.path !== '' || config.definitions.url !== '';
  if (configured) return up(config, { log });
  const site = {
    dataDirectory: resolve(config.data_directory),
    say,
    quietPeriod: config.rebuild.quiet_period,
  };
  const examples = await prepareSite(site);
  const { definitions, distro_releases } = examples;
  await up({ ...config, definitions, distro_releases }, { log });
};
