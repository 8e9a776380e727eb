/** Inventories and changes as files hold them: each test states only what matters to it. */
import { expect } from '@jest/globals';
import type { z } from 'zod';
import { Change } from '../../../../schemas/files/change.ts';
import { Inventory } from '../../../../schemas/files/inventory.ts';
import type { PlanAnswer } from '../../../../src/planning/files/answer.ts';
import { problemsOf } from '../../../../src/planning/files/check.ts';
import { planFiles } from '../../../../src/planning/files/plan-files.ts';

export type ImageFile = z.input<typeof Inventory>['images'][number];
type BaseFile = NonNullable<z.input<typeof Inventory>['bases']>[number];
export type OfferFile = NonNullable<z.input<typeof Inventory>['offers']>[number];
export type NominationFile = z.input<typeof Change>['nominations'][number];

interface ImageOptions extends Partial<Omit<ImageFile, 'name'>> {
  readonly on?: string;
  readonly from?: readonly string[];
  /** All that is in it on x86_64. */
  readonly rpms?: NonNullable<ImageFile['arches']['x86_64']>['rpms'];
}

/** On x86_64 only, and empty, unless said otherwise. */
export const image = (
  name: string,
  { on, from = [], rpms = [], ...options }: ImageOptions = {},
): ImageFile => ({
  name,
  distroRelease: 'F40',
  nvr: `${name}-1-1`,
  parents: [
    ...(on === undefined ? [] : [{ kind: 'image' as const, image: on }]),
    ...from.map((one) => ({ kind: 'image' as const, image: one, edge: 'build-only' as const })),
  ],
  arches: { x86_64: { rpms } },
  ...options,
});

export const offered = (rpms: OfferFile['rpms'], where: Partial<OfferFile> = {}): OfferFile => ({
  distroRelease: 'F40',
  arch: 'x86_64',
  repository: 'updates',
  rpms,
  ...where,
});

export const packages = (...sources: string[]): NominationFile => ({
  kind: 'packages',
  distroRelease: 'F40',
  sources: sources.map((name) => ({ name })),
});

export const planned = (
  images: readonly ImageFile[],
  offers: readonly OfferFile[],
  ...nominations: NominationFile[]
): PlanAnswer => plannedOnBases([], images, offers, ...nominations);

export const plannedOnBases = (
  bases: readonly BaseFile[],
  images: readonly ImageFile[],
  offers: readonly OfferFile[],
  ...nominations: NominationFile[]
): PlanAnswer => {
  const inventory = Inventory.parse({ schemaVersion: 1, images, bases, offers });
  expect(problemsOf(inventory)).toEqual([]);
  return planFiles(inventory, Change.parse({ schemaVersion: 1, nominations }));
};

/** `webd x86_64 on base: inherited`; `base-1-1` for a baseline, `-` for none. */
export const built = ({ builds }: PlanAnswer): readonly string[] =>
  builds.flatMap(({ image: name, arches }) =>
    arches.map(({ arch, parent, reasons }) => {
      const kinds = reasons.map(({ reason }) => reason.kind).join(' ');
      return `${name} ${arch} on ${standsOn(parent)}: ${kinds}`;
    }),
  );

const standsOn = (parent: PlanAnswer['builds'][number]['arches'][number]['parent']): string => {
  if (parent.kind === 'planned') return parent.image;
  if (parent.kind === 'baseline') return parent.nvr;
  return parent.kind === 'external' ? parent.pullspec : '-';
};

/** `webd s390x: fixed-below`. */
export const left = ({ leftAlone }: PlanAnswer): readonly string[] =>
  leftAlone.map(({ image: name, arch, reason }) => {
    const by = reason.kind === 'blocked' ? ` by ${reason.by}` : '';
    return `${name}${arch === undefined ? '' : ` ${arch}`}: ${reason.kind}${by}`;
  });
