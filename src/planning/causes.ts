/** What kinds of change each arch build of a plan is for: what rules and the dispatcher go by. */

import type { Reason } from './reason.ts';
import type { CauseKind } from './rule-matching.ts';

export interface SourceReference {
  readonly source: string;
  /** Advisory or tag; empty where nothing was named. */
  readonly reference: string;
  /** Absent where nobody told. */
  readonly kind?: CauseKind;
}

export type CausesBySource = ReadonlyMap<string, readonly CauseKind[]>;

const unknown: CauseKind = { type: 'unspecified', severity: 'none' };

/** What says more counts: a tag comes with nearly every update, and tells nothing of it. */
export const causesBySource = (references: readonly SourceReference[]): CausesBySource => {
  const all = new Map<string, CauseKind[]>();
  for (const { source, kind = unknown } of references) all.set(source, [...(all.get(source) ?? []), kind]);
  return new Map(
    [...all].map(([source, kinds]) => {
      const telling = kinds.filter(({ type }) => type !== 'unspecified');
      return [source, eachOnce(telling.length > 0 ? telling : kinds)];
    }),
  );
};

/** @param parent - the kinds of what its parents are rebuilt for. None at all: a person asks, nothing else does. */
export const causesOf = (
  reasons: readonly Reason[],
  bySource: CausesBySource,
  parent: (image: string) => readonly CauseKind[],
): readonly CauseKind[] => {
  const [only, ...others] = reasons;
  // What follows its parent has the very causes of that one: there may be thousands of those.
  return only !== undefined && others.length === 0
    ? causesOfReason(only, bySource, parent)
    : eachOnce(reasons.flatMap((reason) => causesOfReason(reason, bySource, parent)));
};

const causesOfReason = (
  reason: Reason,
  bySource: CausesBySource,
  parent: (image: string) => readonly CauseKind[],
): readonly CauseKind[] => {
  switch (reason.kind) {
    case 'package':
    case 'parent-newer':
    case 'base-package':
      return bySource.get(reason.source) ?? [ofNobody(reason)];
    case 'inherited':
    case 'build-parent':
      return parent(reason.parent);
    case 'source-changed':
    case 'never-built':
      return [{ type: 'source', severity: 'none' }];
    case 'module':
      return bySource.get(reason.to) ?? [{ type: 'module', severity: 'none' }];
    case 'withdrawn':
      return [{ type: 'withdrawal', severity: 'none' }];
    case 'base-moved':
      return [{ type: 'base', severity: 'none' }];
    case 'parent-rebuilt':
      return [unknown];
    case 'by-hand':
      return [];
  }
};

/** No update was told of: a module's build, or what the repositories list. */
const ofNobody = ({ module }: { readonly module?: string | undefined }): CauseKind =>
  module === undefined ? unknown : { type: 'module', severity: 'none' };

export const eachOnce = (kinds: readonly CauseKind[]): readonly CauseKind[] => [
  ...new Map(kinds.map((kind) => [`${kind.type} ${kind.severity}`, kind])).values(),
];
