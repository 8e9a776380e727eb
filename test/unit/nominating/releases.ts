/** Distro releases for tests of readers. */
import { DistroRelease } from '../../../schemas/files/distro-release.ts';
import type { Knowledge } from '../../../src/nominating/knowledge.ts';

export const aRelease = (
  name: string,
  more: { branch?: string; bodhiNames?: string[]; koji?: Record<string, unknown> } = {},
): DistroRelease =>
  DistroRelease.parse({
    name,
    productVersion: `fedora-${name.slice(1)}`,
    releasever: name.slice(1),
    branch: name.toLowerCase(),
    arches: ['x86_64'],
    repositories: [],
    ...more,
  });

export const knowing = (...distroReleases: DistroRelease[]): Knowledge => ({ distroReleases });
