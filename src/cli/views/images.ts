/** Images, for people. */
import type { ImageArch, ImageBrief, ImageDetail } from '../../api/wire/image.ts';
import { facts, section, shortDigest, table, when } from '../text-table.ts';

export const imagesText = (images: readonly ImageBrief[]): string =>
  table(
    ['image', 'release', 'arches', 'released', 'index', 'latest', 'state', 'waiting for', 'refused'],
    images.map(({ name, distroRelease, arches, released, latest, problems }) => [
      name,
      distroRelease,
      arches.join(','),
      released?.nvr,
      shortDigest(released?.indexDigest ?? null),
      latest?.nvr,
      latest?.state,
      latest?.waiting,
      problems.join('; '),
    ]),
    'no images are defined',
  );

const archText = (arch: ImageArch): string => {
  const more = arch.addedCount > arch.added.length ? ` and ${arch.addedCount - arch.added.length} more` : '';
  const lines = facts([
    ['built as', arch.nvr],
    ['manifest', arch.manifestDigest],
    ['content id', arch.contentId],
    ['packages', arch.rpmCount === null ? null : `${arch.rpmCount}, of which it adds ${arch.addedCount}`],
    ['adds', arch.added.length === 0 ? null : `${arch.added.join(', ')}${more}`],
    [
      'behind',
      arch.stale === null
        ? null
        : `since ${when(arch.stale.since)}: ${arch.stale.error}; lacks: ${arch.stale.lacks.join('; ')}`,
    ],
    [
      'left alone',
      arch.leftAlone === null ? null : `${arch.leftAlone.reason} (rebuild ${arch.leftAlone.rebuild})`,
    ],
  ]);
  return section(arch.arch, lines === '' ? 'never built\n' : lines);
};

export const imageText = (image: ImageDetail): string =>
  [
    facts([
      ['image', image.name],
      ['distro release', image.distroRelease],
      ['built on', image.parents.join(', ')],
      ['auto-rebuild', image.autoRebuild ? 'yes' : 'no'],
      ['owners', image.owners.join(', ')],
      ['gate', image.gating.length === 0 ? 'none' : image.gating.join(', ')],
      ['released', image.released?.nvr ?? 'nothing yet'],
      ['index', image.released?.indexDigest],
      ['pull it as', image.released?.pullspec],
      ['problems', image.problems.join('; ')],
    ]),
    ...image.perArch.map(archText),
    section(
      'tags',
      table(
        ['tag', 'build', 'index'],
        image.tags.map((tag) => [`${tag.repository}:${tag.name}`, tag.nvr, shortDigest(tag.digest)]),
        '',
      ),
    ),
    section(
      'newest builds',
      table(
        ['build', 'state', 'since', 'waiting for'],
        image.builds.map((build) => [build.nvr, build.state, when(build.updatedAt), build.waiting]),
        'none',
      ),
    ),
  ].join('');
