/** A list that is given in the configuration, or in a file of its own that another key names: whichever it is, checked. */
import { dirname } from 'node:path';
import type { GivenValue } from './layers.ts';
import { ConfigError } from './problem.ts';
import { readYamlFile } from './yaml-file.ts';

export type ListReading =
  | { readonly list: unknown; readonly problems?: never }
  | { readonly problems: readonly { readonly at: string; readonly problem: string }[] };

export interface ListKey {
  readonly listKey: string;
  /** Absent: it can be given in the configuration alone. */
  readonly fileKey?: string;
  /** `directory`: what relative paths in the list start from. */
  readonly read: (raw: unknown, directory: string) => ListReading;
}

const last = (values: readonly GivenValue[], name: string): GivenValue | undefined =>
  values.findLast((value) => value.name === name);

/**
 * The values with the list read and checked.
 *
 * @param directory - where relative paths in an inline list start
 * @throws {@link ConfigError}
 */
export const withList = async (
  values: readonly GivenValue[],
  directory: string,
  { listKey, fileKey, read }: ListKey,
): Promise<readonly GivenValue[]> => {
  const checked = (raw: unknown, from: string, origin: string): GivenValue => {
    const reading = read(raw, from);
    if (reading.problems === undefined) return { name: listKey, value: reading.list, origin };
    throw new ConfigError(
      reading.problems.map(({ at, problem }) => ({
        key: at === '' ? listKey : `${listKey}.${at}`,
        origin,
        problem,
      })),
    );
  };
  const inline = last(values, listKey);
  const file = fileKey === undefined ? undefined : last(values, fileKey);
  if (fileKey === undefined || file === undefined || file.value === '' || typeof file.value !== 'string') {
    return inline === undefined ? values : [...values, checked(inline.value, directory, inline.origin)];
  }
  if (inline !== undefined) {
    const problem = `${listKey} (${inline.origin}) is given too: keep one of them`;
    throw new ConfigError([{ key: fileKey, origin: file.origin, problem }]);
  }
  const raw = (await readYamlFile(file.value, file.origin)) ?? [];
  return [...values, checked(raw, dirname(file.value), `file ${file.value}`)];
};
