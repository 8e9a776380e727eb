/** What has to be over before an arch build may begin: flibs' way, and that of two peers. */
import type { FamilyBuild } from './family.ts';

export interface Way {
  readonly name: string;
  /** The groups that it is one of; a group is over when all of its builds are. */
  readonly groups: (build: FamilyBuild) => readonly string[];
  /** The group it waits for, if any. */
  readonly waitsFor: (build: FamilyBuild) => string | undefined;
}

/** A child's arch begins when its parent's same arch is over. */
export const arches: Way = {
  name: 'flibs (arch after arch)',
  groups: ({ id }) => [id],
  waitsFor: ({ parent, arch }) => (parent === undefined ? undefined : `${parent} ${arch}`),
};

/** OSBS builds all arches of an image in one task: a child begins when all arches of its parent are over. */
export const images: Way = {
  name: 'OSBS (image after image)',
  groups: ({ image }) => [image],
  waitsFor: ({ parent }) => parent,
};

/** Freshmaker builds in batches: none of a level begins before all of the level above it is over. */
export const levels: Way = {
  name: 'Freshmaker (level after level)',
  groups: ({ level }) => [`level ${level}`],
  waitsFor: ({ level }) => (level === 0 ? undefined : `level ${level - 1}`),
};
