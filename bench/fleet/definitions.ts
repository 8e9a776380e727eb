/** The made-up fleet's distro release and image definitions. */
import { createHash } from 'node:crypto';
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../schemas/files/image.ts';
import type { FleetImage } from './shape.ts';

export const release = LoadedDistroRelease.parse({
  name: 'F40',
  productVersion: 'fedora-40',
  releasever: '40',
  branch: 'f40',
  arches: ['x86_64', 'aarch64', 'ppc64le', 's390x'],
  repositories: [
    {
      id: 'updates',
      baseurl: 'https://repositories.invalid/$basearch/',
      gpgkeys: ['/keys/updates'],
      keys: ['a key'],
    },
  ],
  koji: { tags: ['f40-updates'] },
});

const hash = (algorithm: 'sha1' | 'sha256', text: string): string =>
  createHash(algorithm).update(text).digest('hex');

export const definitionOf = ({ name, parent, packages }: FleetImage): ImageDefinition =>
  ImageDefinition.parse({
    name,
    component: name,
    version: '40',
    distroRelease: release.name,
    parents: parent === undefined ? [] : [{ kind: 'image', image: parent, edge: 'layer' }],
    recipe: { kind: 'packages', packages: packages.map((number) => `pkg-${number}`) },
    arches: release.arches,
    owners: [`team-${packages.length}`],
    autoRebuild: true,
    labels: { description: `image ${name} of a made-up fleet` },
    gating: [{ testCase: 'ci.container-image.smoke' }],
    treeId: hash('sha1', name),
    sourceTime: 1_700_000_000,
    sources: `sha256:${hash('sha256', name)}`,
  });
