/** Builds of modules by the stream that they are of. */
import type { ModuleLabel } from '../../schemas/content.ts';
import type { Arch, DistroReleaseName } from '../../schemas/ids.ts';
import type { ModuleOffer } from './plan-types.ts';

export interface ModuleIndex {
  /** The newest build of `name:stream` that the repositories of a distro release list for an arch. */
  readonly newest: (distroRelease: DistroReleaseName, arch: Arch, module: string) => ModuleLabel | undefined;
}

/** A number that MBS makes of the time. */
export const moduleVersion = (label: ModuleLabel): bigint =>
  BigInt(/^\d{1,20}$/.exec(label.split(':')[2] ?? '')?.[0] ?? 0);

/** By version, a number that MBS makes of the time; of one version's contexts the first counts. */
const isNewer = (label: ModuleLabel, than: ModuleLabel): boolean => {
  const [a, b] = [moduleVersion(label), moduleVersion(than)];
  return a === b ? label < than : a > b;
};

export const indexModules = (offers: readonly ModuleOffer[]): ModuleIndex => {
  const newest = new Map<string, ModuleLabel>();
  const keyOf = (...parts: readonly string[]) => parts.join('\n');
  for (const { distroRelease, arch, label } of offers) {
    const key = keyOf(distroRelease, arch, label.split(':', 2).join(':'));
    const known = newest.get(key);
    if (known === undefined || isNewer(label, known)) newest.set(key, label);
  }
  return { newest: (distroRelease, arch, module) => newest.get(keyOf(distroRelease, arch, module)) };
};
