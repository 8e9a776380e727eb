/** Which of the ready arch builds comes first. */

import { byText } from '../../schemas/by-text.ts';
import type { Arch, ImageName } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';

/** An arch build that could start now. */
export interface ReadyBuild {
  /** Of the arch build; any type of id the caller has. */
  readonly id: string;
  readonly image: ImageName;
  readonly arch: Arch;
  readonly severity: Severity;
  /** Asked for by a person. */
  readonly byHand: boolean;
  /** When it was planned or queued. A plan's builds are of one age, so that its chains are not overtaken by its leaves. */
  readonly since: Date;
  /** Seconds: its own estimate and the longest chain of what waits for it. */
  readonly criticalPath: number;
}

const classes: Record<Severity, number> = { critical: 0, important: 1, moderate: 2, low: 3, none: 4 };

/** Seconds after which a waiting arch build rises by one severity class, so that a flood above it cannot starve it. */
export const RISES_EVERY = 3600;

/** 0 is the most severe. */
export const severityClass = (severity: Severity): number => classes[severity];

const classWithAge = (build: ReadyBuild, now: Date | undefined): number => {
  const waited = now ? (now.getTime() - build.since.getTime()) / 1000 : 0;
  return severityClass(build.severity) - Math.max(0, Math.floor(waited / RISES_EVERY));
};

/** Severity class, then longest remaining path, then age; names last, so that ties are the same every time. */
export const inOrder = (ready: readonly ReadyBuild[], now?: Date): readonly ReadyBuild[] =>
  ready
    .map((build) => ({ build, class: classWithAge(build, now) }))
    .sort(
      (a, b) =>
        a.class - b.class ||
        b.build.criticalPath - a.build.criticalPath ||
        a.build.since.getTime() - b.build.since.getTime() ||
        byText(a.build.image, b.build.image) ||
        byText(a.build.arch, b.build.arch) ||
        byText(a.build.id, b.build.id),
    )
    .map(({ build }) => build);
