/** Of packages and what is on offer of them: what is really newer. */
import type { Evr } from '../../schemas/content.ts';
import type { Severity } from '../../schemas/nomination.ts';
import { evrCompare } from '../rpm/evr.ts';

/** A package that some image could have newer, and an offer of it to that image: same distro release, arch and module stream. */
export interface Pair {
  readonly distroRelease: string;
  readonly source: string;
  readonly installed: Evr;
  readonly offered: Evr;
  /** That lists the offer. */
  readonly advisory: string | null;
  /** As repositories write it. */
  readonly type: string | null;
  readonly severity: Severity | null;
}

export const newerOffers = (pairs: readonly Pair[]): readonly Pair[] =>
  pairs.filter(({ installed, offered }) => evrCompare(offered, installed) > 0);
