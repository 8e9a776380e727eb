/** What a reader may know of this installation, handed in: readers are pure. */
import type { DistroRelease } from '../../schemas/files/distro-release.ts';
import { DistroReleaseName } from '../../schemas/ids.ts';
import { quote, type Reading, refused, understood } from './reading.ts';

/** A branch of a git repository. */
export interface GitPlace {
  readonly url: string;
  readonly branch: string;
}

export interface Knowledge {
  readonly distroReleases: readonly DistroRelease[];
  /** Where image definitions are read from; absent: not known, or a directory. */
  readonly definitions?: GitPlace | undefined;
  /** Names of image definitions; absent: not known, and any name will do. */
  readonly images?: ReadonlySet<string>;
  /** External bases that definitions name; absent: not known, and any name will do. */
  readonly bases?: ReadonlySet<string>;
  /**
   * For looking at messages without a configuration: every distro release is ours, under the name that the message has
   * for it. Tags and branches are then told apart by Fedora's customs.
   */
  readonly anyRelease?: boolean;
}

/** What a message calls a distro release. */
export interface ReleaseMention {
  /** The configured releases that answer to it. */
  readonly configured: (release: DistroRelease) => boolean;
  /** Its name where any release is ours; undefined when it is no release by Fedora's customs. */
  readonly customary: string | undefined;
  /** What goes into the reason: `koji tag "f40-build-side-1" belongs to no configured distro release`. */
  readonly what: string;
}

/** The distro releases that a message is about: one as a rule, several when two are made of the same content. */
export const releasesOf = (
  mention: ReleaseMention,
  knowledge: Knowledge,
): Reading<readonly DistroReleaseName[]> => {
  const names = knowledge.distroReleases.filter(mention.configured).map((release) => release.name);
  if (names.length > 0) return understood(names);
  if (knowledge.anyRelease !== true) {
    return { verdict: 'ignored', reason: `${mention.what} belongs to no configured distro release` };
  }
  if (mention.customary === undefined) {
    return { verdict: 'ignored', reason: `${mention.what} is none that holds what was released` };
  }
  const name = DistroReleaseName.safeParse(mention.customary);
  return name.success
    ? understood([name.data])
    : refused(`${mention.what}: ${quote(mention.customary)} cannot name a distro release`);
};
