/** The tree of keys as a flat list, each with its full name and its flag. */
import { isKey, type Key, type KeyTree } from '../../config/key.ts';
import { configKeys } from '../../config/schema.ts';

export interface NamedKey {
  /** `bus.url`. */
  readonly name: string;
  /** `bus-url`, without its dashes in front; undefined for a key that only the file can hold. */
  readonly flag: string | undefined;
  readonly key: Key<unknown>;
}

const flagOf = (name: string): string => name.replaceAll(/[._]/g, '-');

const named = (tree: KeyTree, before: string): NamedKey[] =>
  Object.entries(tree).flatMap(([word, node]) => {
    const name = `${before}${word}`;
    if (!isKey(node)) return named(node, `${name}.`);
    return [{ name, flag: node.env === undefined ? undefined : flagOf(name), key: node }];
  });

/** Every key, in the order of the schema. */
export const namedKeys: readonly NamedKey[] = named(configKeys, '');

/** The key or group at a dotted name; undefined where there is none. */
export const nodeAt = (name: string): Key<unknown> | KeyTree | undefined => {
  let node: Key<unknown> | KeyTree | undefined = configKeys;
  for (const word of name.split('.')) {
    if (node === undefined || isKey(node) || !Object.hasOwn(node, word)) return undefined;
    node = node[word];
  }
  return node;
};
