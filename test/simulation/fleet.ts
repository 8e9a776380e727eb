/** A small fleet on one distro release: a base, a runtime on it, two apps on that, and one image beside them. */
import { createHash } from 'node:crypto';
import { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../schemas/files/image.ts';
import { type Arch, Digest } from '../../schemas/ids.ts';
import { smokeTestCase } from '../../src/flows/releasing/smoke-tests.ts';
import type { Settings } from '../../src/flows/settings.ts';

export const arches: readonly Arch[] = ['x86_64', 'aarch64'];

export const settings: Settings = {
  instance: 'test',
  topicPrefix: 'org.example.dev',
  candidateRegistry: 'registry.test:5000/candidates',
  releaseRegistry: 'registry.test:5000/released',
  rebuild: { quietPeriod: 60, maximum: 600 },
  repositoryInterval: 300,
  reconcileInterval: 3600,
  definitionsInterval: 300,
  worker: { heartbeat: 5, lease: 30 },
  jobLease: 60,
  runTimeout: 600,
  reporters: [],
  observe: false,
  runAttempts: 3,
};

/** A digest that only this text has. */
export const digestOfText = (text: string): Digest =>
  Digest.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`);

export const release = LoadedDistroRelease.parse({
  name: 'F40',
  productVersion: 'fedora-40',
  releasever: '40',
  branch: 'f40',
  arches,
  repositories: [
    {
      id: 'updates',
      baseurl: 'http://repositories.test/$basearch/',
      gpgkeys: ['/keys/updates'],
      keys: ['a key'],
    },
  ],
  koji: { tags: ['f40-updates'], buildTags: ['f40-build'] },
  // An arch whose repository lags is carried forward, unless a test is about holds.
  hold: { hours: 0 },
});

export interface ImageOptions {
  readonly name: string;
  readonly parent?: string;
  /** A build-only parent. */
  readonly takesFrom?: string;
  readonly followsBuildParents?: boolean;
  readonly bestEffort?: readonly Arch[];
  readonly packages: readonly string[];
  readonly arches?: readonly Arch[];
  /** Another text is another source tree. */
  readonly source?: string;
  /** Goes into the image: another text is another content. */
  readonly label?: string;
  readonly smokeTest?: boolean;
  /** Of somebody else's CI, beside our own. */
  readonly testCase?: string;
  readonly autoRebuild?: boolean;
  readonly owners?: readonly string[];
  /** `name:stream`: the image is that module. */
  readonly module?: string;
}

export const anImage = ({
  name,
  parent,
  takesFrom,
  packages,
  source = 'as it was first',
  smokeTest = true,
  ...options
}: ImageOptions): ImageDefinition =>
  ImageDefinition.parse({
    name,
    component: name,
    version: '40',
    distroRelease: 'F40',
    parents: [
      ...(parent === undefined ? [] : [{ kind: 'image', image: parent, edge: 'layer' }]),
      ...(takesFrom === undefined ? [] : [{ kind: 'image', image: takesFrom, edge: 'build-only' }]),
    ],
    ...(options.bestEffort && { bestEffort: options.bestEffort }),
    ...(options.followsBuildParents && { followsBuildParents: true }),
    recipe:
      options.module === undefined
        ? { kind: 'packages', packages }
        : { kind: 'module', module: options.module, profiles: [] },
    arches: options.arches ?? arches,
    owners: options.owners ?? [],
    autoRebuild: options.autoRebuild ?? true,
    labels: { summary: options.label ?? name },
    ...(smokeTest ? { smokeTest: { command: ['true'] } } : {}),
    gating: [smokeTest ? smokeTestCase : [], options.testCase ?? []].flat().map((testCase) => ({ testCase })),
    treeId: createHash('sha1').update(`${name} ${source}`).digest('hex'),
    sourceTime: 1_700_000_000,
    sources: digestOfText(`sources of ${name} ${source}`),
  });

/** `server` brings openssl's command along; `lonely` has nothing of openssl. */
export const fleet: readonly ImageDefinition[] = [
  anImage({ name: 'base', packages: ['glibc', 'openssl-libs'] }),
  anImage({ name: 'runtime', parent: 'base', packages: ['python3'] }),
  anImage({ name: 'client', parent: 'runtime', packages: ['curl'] }),
  anImage({ name: 'server', parent: 'runtime', packages: ['nginx', 'openssl'], smokeTest: false }),
  anImage({ name: 'lonely', packages: ['musl'] }),
];

/** The least with two arches, a parent, a child and somebody beside them: for what is gone through dozens of times. */
export const smallFleet: readonly ImageDefinition[] = [
  anImage({ name: 'base', packages: ['glibc', 'openssl-libs'] }),
  anImage({ name: 'client', parent: 'base', packages: ['curl'], arches: ['aarch64'], smokeTest: false }),
  anImage({ name: 'lonely', packages: ['musl'] }),
];

/** Somebody else's base. */
export const fedora = 'registry.example.org/fedora:40';

/** An image on somebody else's base. */
export const onFedora = (name: string, more: object = {}): ImageDefinition =>
  ImageDefinition.parse({
    ...anImage({ name, packages: ['curl'], smokeTest: false }),
    parents: [{ kind: 'external', pullspec: fedora, edge: 'layer' }],
    ...more,
  });
