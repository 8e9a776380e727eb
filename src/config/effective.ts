/** The effective configuration as rows to show: every key, its value with secrets masked, and its origin. */

import { namedKeys } from './keys.ts';
import type { Config, Origins } from './load.ts';
import { maskSecrets } from './mask.ts';

export interface EffectiveValue {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

const valueAt = (config: Config, name: string): unknown =>
  name
    .split('.')
    .reduce<unknown>(
      (group, word) =>
        typeof group === 'object' && group !== null
          ? Object.getOwnPropertyDescriptor(group, word)?.value
          : undefined,
      config,
    );

const masked = (value: unknown): unknown => {
  if (typeof value === 'string') return maskSecrets(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
};

/** Every value is masked, not only those of sensitive keys: a repository's baseurl may hold a password as well. */
export const effectiveValues = (config: Config, origins: Origins): EffectiveValue[] =>
  namedKeys.map(({ name }) => ({
    key: name,
    value: masked(valueAt(config, name)),
    origin: origins.get(name) ?? 'default',
  }));
