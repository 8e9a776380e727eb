/** Reads the list of distro releases: the schema's, with unknown keys refused and key files' paths made absolute. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { DistroRelease, HoldPolicy, RpmRepository } from '../../schemas/files/distro-release.ts';

const Strict = z.array(
  DistroRelease.extend({
    repositories: z.array(RpmRepository.strict()),
    koji: DistroRelease.shape.koji.unwrap().strict().prefault({}),
    hold: HoldPolicy.strict().prefault({}),
  }).strict(),
);

export type DistroReleasesReading =
  | { readonly releases: DistroRelease[]; readonly problems?: never }
  | {
      readonly releases?: never;
      readonly problems: readonly { readonly at: string; readonly problem: string }[];
    };

const repeated = (releases: readonly DistroRelease[]): { at: string; problem: string }[] =>
  releases
    .map((release, index) => ({ release, index }))
    .filter(({ release, index }) => releases.findIndex((other) => other.name === release.name) < index)
    .map(({ release, index }) => ({ at: `${index}.name`, problem: `${release.name} is in the list twice` }));

/** `directory` is what relative paths of GPG keys start from. */
export const readDistroReleases = (raw: unknown, directory: string): DistroReleasesReading => {
  const parsed = Strict.safeParse(raw);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((issue) => ({ at: issue.path.join('.'), problem: issue.message })),
    };
  }
  const twice = repeated(parsed.data);
  if (twice.length > 0) return { problems: twice };
  const absolute = (key: string): string => (key.startsWith('file:') ? key : resolve(directory, key));
  return {
    releases: parsed.data.map((release) => ({
      ...release,
      repositories: release.repositories.map((repository) => ({
        ...repository,
        gpgkeys: repository.gpgkeys.map(absolute),
      })),
    })),
  };
};
