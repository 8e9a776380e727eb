/** ResultsDB's `data`: which image a result is about, on which arches, in which scenario and variant, and of which run. */
import type { Arch } from '../../schemas/ids.ts';
import { ignored, quote, type Reading, refused, understood } from './reading.ts';
import { subjectOf } from './subject.ts';
import { archesOf, imageArtifacts, type TestSubject, unlessNone } from './test-result.ts';

/** Every value is a list. */
export type ResultData = { readonly [key: string]: readonly string[] | null | undefined };

export interface AboutImage {
  readonly subject: TestSubject;
  /** `undefined`: the whole index. */
  readonly arches: readonly (Arch | undefined)[];
  readonly scenario?: string;
  readonly variant?: string;
}

/** What must not be told twice: of two digests nobody knows which one was tested. */
const told = {
  type: ['type'],
  item: ['item'],
  id: ['id'],
  digest: ['digest'],
  nvr: ['nvr'],
  scenario: ['scenario'],
  variant: ['system_variant', 'variant'],
} as const;

/** Ignored is what is about no container image. */
export const aboutImage = (data: ResultData): Reading<AboutImage> => {
  const type = data['type']?.[0] ?? '';
  if (!imageArtifacts.includes(type))
    return ignored(`a result for ${quote(type)}, not for a container image`);
  const twice = Object.values(told)
    .flat()
    .find((key) => (data[key]?.length ?? 0) > 1);
  if (twice !== undefined) return refused(`data.${twice}: a result for a container image has one`);
  const subject = subjectIn(data);
  if (subject.verdict !== 'understood') return subject;
  const arches = archesOf(data['system_architecture'] ?? data['arch'] ?? [], 'data.system_architecture');
  if (arches.verdict !== 'understood') return arches;
  const scenario = unlessNone(oneOf(data, told.scenario));
  const variant = unlessNone(oneOf(data, told.variant));
  return understood({
    subject: subject.as,
    arches: arches.as,
    ...(scenario === undefined ? {} : { scenario }),
    ...(variant === undefined ? {} : { variant }),
  });
};

const oneOf = (data: ResultData, keys: readonly string[]): string | undefined =>
  keys.map((key) => data[key]?.[0]).find((value) => value !== undefined);

const subjectIn = (data: ResultData): Reading<TestSubject> => {
  const item = oneOf(data, told.item);
  const id = [oneOf(data, told.id), item].find((text) => text?.includes('sha256:'));
  const nvrInItem = item?.includes('@') === true ? undefined : item;
  return subjectOf({ digest: oneOf(data, told.digest), id, nvr: oneOf(data, told.nvr) ?? nvrInItem }, 'data');
};

/**
 * What tells attempts apart, so that a `RUNNING` which comes late is not taken for a newer attempt: the CI's own name
 * of it, else the page of the run. ResultsDB itself has no such thing.
 */
export const runOf = (data: ResultData, refUrl: string | null | undefined): string | undefined =>
  oneOf(data, ['run', 'pipeline_id']) || refUrl || undefined;
