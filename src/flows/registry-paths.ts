/** Where things lie in the registries: one repository an image, the same name on both sides. */
import type { Settings } from './settings.ts';

export const candidateRepository = (settings: Settings, image: string): string =>
  `${settings.candidateRegistry}/${image}`;

export const releaseRepository = (settings: Settings, image: string): string =>
  `${settings.releaseRegistry}/${image}`;

/** Source folders lie beside the candidates of their image. */
export const sourceRepository = (settings: Settings, image: string): string =>
  `${settings.candidateRegistry}/${image}`;

/** Keeps an arch's manifest alive until an index names it. */
export const archTag = (nvrVersionRelease: string, arch: string, archBuild: number): string =>
  `${nvrVersionRelease}.${arch}.${archBuild}`;

export const pullspecOf = (repository: string, digest: string): string => `${repository}@${digest}`;
