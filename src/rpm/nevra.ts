/** Names of packages taken apart and put together: NVR and NEVRA, in the forms that rpm, dnf and Koji write. */
import type { Evr } from '../../schemas/content.ts';
import { formatEvr } from './evr.ts';

/** Name, version and release. Koji's builds have no epoch in their names. */
export interface Nvr {
  readonly name: string;
  readonly version: string;
  readonly release: string;
}

export interface Nevra extends Evr {
  readonly name: string;
  readonly arch: string;
}

/** Splits at the last two dashes: only a name may hold dashes. Undefined when a part is missing or holds white space or a colon. */
export const parseNvr = (text: string): Nvr | undefined => {
  const [, name, version, release] = /^([^\s:]+)-([^\s:-]+)-([^\s:-]+)$/.exec(text) ?? [];
  return name === undefined || version === undefined || release === undefined
    ? undefined
    : { name, version, release };
};

/**
 * Reads `name-[epoch:]version-release.arch` as rpm and dnf write it, and `epoch:name-version-release.arch` as yum did.
 * The arch is what follows the last dot, so it must be there.
 */
export const parseNevra = (text: string): Nevra | undefined => {
  const form = /^(?:([0-9]{1,9}):)?([^\s:]+)-(?:([0-9]{1,9}):)?([^\s:-]+)-([^\s:-]+)\.([^\s:.-]+)$/.exec(
    text,
  );
  const [, before, name, within, version, release, arch] = form ?? [];
  if (name === undefined || version === undefined || release === undefined || arch === undefined)
    return undefined;
  if (before !== undefined && within !== undefined) return undefined;
  return { name, epoch: Number(before ?? within ?? '0'), version, release, arch };
};

/** `name-[epoch:]version-release.arch`, the epoch only when it is not 0. */
export const formatNevra = (nevra: Nevra): string => `${nevra.name}-${formatEvr(nevra)}.${nevra.arch}`;

/**
 * The source package that a `SOURCERPM` tag (or `rpm:sourcerpm` of a repository) names: `bash-5.2-1.fc40.src.rpm`.
 * The file name has no epoch. Undefined for what is no source package's file name, `(none)` among it.
 */
export const sourceOfFileName = (fileName: string): Nvr | undefined => {
  const [, nvr] = /^([^/]+)\.(?:no)?src\.rpm$/.exec(fileName) ?? [];
  return nvr === undefined ? undefined : parseNvr(nvr);
};
