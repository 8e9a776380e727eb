import { rm } from 'node:fs/promises';

export default async () => {
  const host = globalThis.flibsTestHost;
  await host.stop();
  await rm(host.dataDir, { recursive: true, force: true });
};
