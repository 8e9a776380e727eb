/** `distro_releases` or the file that `distro_releases_file` names: whichever is given becomes the checked list. */
import { dirname } from 'node:path';
import { readDistroReleases } from './distro-releases.ts';
import type { GivenValue } from './layers.ts';
import { ConfigError } from './problem.ts';
import { readYamlFile } from './yaml-file.ts';

const listKey = 'distro_releases';
const fileKey = 'distro_releases_file';

const last = (values: readonly GivenValue[], name: string): GivenValue | undefined =>
  values.findLast((value) => value.name === name);

const checked = (raw: unknown, directory: string, origin: string): GivenValue => {
  const { releases, problems } = readDistroReleases(raw, directory);
  if (problems === undefined) return { name: listKey, value: releases, origin };
  throw new ConfigError(
    problems.map(({ at, problem }) => ({ key: at === '' ? listKey : `${listKey}.${at}`, origin, problem })),
  );
};

/**
 * The values with the distro releases read and checked.
 *
 * @param directory - where relative paths in an inline list start
 * @throws {@link ConfigError}
 */
export const withDistroReleases = async (
  values: readonly GivenValue[],
  directory: string,
): Promise<readonly GivenValue[]> => {
  const inline = last(values, listKey);
  const file = last(values, fileKey);
  if (file === undefined || file.value === '' || typeof file.value !== 'string') {
    return inline === undefined ? values : [...values, checked(inline.value, directory, inline.origin)];
  }
  if (inline !== undefined) {
    const problem = `${listKey} (${inline.origin}) is given too: keep one of them`;
    throw new ConfigError([{ key: fileKey, origin: file.origin, problem }]);
  }
  const raw = (await readYamlFile(file.value, file.origin)) ?? [];
  return [...values, checked(raw, dirname(file.value), `file ${file.value}`)];
};
