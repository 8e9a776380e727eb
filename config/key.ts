/** How one configuration key is written down: convict's form, with the type of its value carried along. */

/** A key. `sensitive` ones may hold a password, inside a URL too: they are masked wherever they are shown. */
export type Key<T> = {
  readonly doc: string;
  readonly format: string | readonly string[];
  readonly default: T;
  /** Environment variable: `FLIBS_` and the key in capitals. Absent: the key can be given in the file alone. */
  readonly env?: string;
  readonly sensitive?: boolean;
};

/** Groups of keys, as deep as they like. */
export type KeyTree = { readonly [name: string]: Key<unknown> | KeyTree };

/** What a tree of keys gives once it is loaded. */
export type ValuesOf<Tree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends Key<infer T> ? T : ValuesOf<Tree[Name]>;
};

type Given<T> = { doc: string; default: T; env: string };
type Maker<T> = (given: Given<T>) => Key<T>;

const made =
  <T>(format: string): Maker<T> =>
  (given) => ({ ...given, format });

export const text = made<string>('flibs-text');
/** A file or directory: relative to the file that names it, else to the working directory. */
export const path = made<string>('flibs-path');
export const positiveNumber = made<number>('flibs-positive-number');
export const port = made<number>('flibs-port');
export const seconds = made<number>('flibs-seconds');
export const yesOrNo = made<boolean>('flibs-yes-or-no');
export const list = made<readonly string[]>('flibs-list');
export const instanceName = made<string>('flibs-instance');
export const topicWords = made<string>('flibs-topic');
/** `host[:port]/prefix`. */
export const registryPlace = made<string>('flibs-registry-place');

/** A URL that may hold a password. */
export const url = (schemes: 'amqp' | 'postgres' | 'git', given: Given<string>): Key<string> => ({
  ...given,
  format: `flibs-${schemes}-url`,
  sensitive: true,
});

export const oneOf = <const T extends string>(values: readonly T[], given: Given<NoInfer<T>>): Key<T> => ({
  ...given,
  format: values,
});

/** True for a key, false for a group of keys. */
export const isKey = (node: Key<unknown> | KeyTree): node is Key<unknown> => typeof node['doc'] === 'string';
