/** The kinds of subjects that are known without being told, and what follows from a kind. */
import type { ResultQuery, SubjectType } from './policy.ts';

const of = (type: string, itemKey: string): ResultQuery => ({ itemKey, keys: { type } });

const none = { aliases: [], isNvr: false, ignoreMissingPolicy: false } as const;

/** Those that Greenwave ships, and images by NVR or digest, as CI Messages and ResultsDB file their results. */
export const knownSubjectTypes: readonly SubjectType[] = [
  { ...none, id: 'bodhi_update', ignoreMissingPolicy: true },
  {
    ...none,
    id: 'compose',
    itemKey: 'productmd.compose.id',
    itemDict: { itemKey: 'productmd.compose.id', keys: {} },
  },
  {
    ...none,
    id: 'koji_build',
    aliases: ['brew-build'],
    isNvr: true,
    resultQueries: [
      of('koji_build', 'item'),
      of('brew-build', 'item'),
      { itemKey: 'original_spec_nvr', keys: {} },
    ],
  },
  {
    ...none,
    id: 'redhat-container-image',
    itemKey: 'nvr',
    isNvr: true,
    resultQueries: [of('redhat-container-image', 'nvr'), of('koji_build', 'item')],
  },
  { ...none, id: 'redhat-module', isNvr: true },
  {
    ...none,
    id: 'container-image',
    isNvr: true,
    resultQueries: ['item', 'nvr', 'digest'].map((key) => of('container-image', key)),
  },
];

/** One that nobody describes is known by type and item. `described` comes before what is known anyway. */
export const subjectTypeOf = (id: string, described: readonly SubjectType[]): SubjectType =>
  [...described, ...knownSubjectTypes].find((type) => type.id === id || type.aliases.includes(id)) ?? {
    ...none,
    id,
  };

export const isOfType = (type: SubjectType, id: string): boolean =>
  type.id === id || type.aliases.includes(id);

/** Name of an NVR; undefined where identifiers of the type are none, and of a digest: then it counts as any package. */
export const packageName = (type: SubjectType, identifier: string): string | undefined =>
  type.isNvr && !identifier.startsWith('sha256:')
    ? identifier.split('-').slice(0, -2).join('-') || identifier.split('-')[0]
    : undefined;

const filled = ({ itemKey, keys }: ResultQuery, identifier: string): Readonly<Record<string, string>> => ({
  ...(itemKey !== undefined && { [itemKey]: identifier }),
  ...keys,
});

/** How requirements name the subject, for old clients of Greenwave. */
export const itemOf = (type: SubjectType, identifier: string): Readonly<Record<string, string>> =>
  filled(type.itemDict ?? of(type.id, 'item'), identifier);

/** A result is about the subject where its data has all that one of these asks. */
export const queriesFor = (
  type: SubjectType,
  identifier: string,
): readonly Readonly<Record<string, string>>[] =>
  (type.resultQueries ?? [type.itemDict ?? of(type.id, 'item')]).map((query) => filled(query, identifier));

/** The subject that loose data name: of a result, or of an entry of a request's `subject`. */
export const subjectNamedBy = (
  value: (key: string) => string | undefined,
  described: readonly SubjectType[],
): { readonly type: string; readonly identifier: string } | undefined => {
  const spec = value('original_spec_nvr');
  if (spec !== undefined) return spec === '' ? undefined : { type: 'koji_build', identifier: spec };
  const compose = value('productmd.compose.id');
  if (compose !== undefined) return { type: 'compose', identifier: compose };
  const named = value('type');
  if (named === undefined) return undefined;
  const type = subjectTypeOf(named, described);
  const identifier = (type.itemKey && value(type.itemKey)) || value('item');
  return identifier ? { type: type.id, identifier } : undefined;
};
