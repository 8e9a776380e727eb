/** What a running flibs might say, in full; each test changes what it is about. */
import type { Done, WhatIf } from '../../../src/api/wire/action.ts';
import type { DeadLetterBrief, DeadLetterDetail } from '../../../src/api/wire/dead-letter.ts';
import type { ImageBrief, ImageDetail } from '../../../src/api/wire/image.ts';
import type { ArchBuild, Build, Cause, RebuildBrief, RebuildDetail } from '../../../src/api/wire/rebuild.ts';
import type { Status } from '../../../src/api/wire/status.ts';
import type { TransitionEvent } from '../../../src/api/wire/transition.ts';
import type { Why } from '../../../src/api/wire/why.ts';
import type { WhyNot } from '../../../src/api/wire/why-not.ts';
import type { PauseNote } from '../../../src/planning/paused.ts';

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const at = '2026-11-23T10:20:30.000Z';

export const anImage: ImageBrief = {
  name: 'webd',
  distroRelease: 'F40',
  arches: ['x86_64', 'aarch64'],
  parents: ['runtime'],
  autoRebuild: true,
  released: {
    nvr: 'webd-2.0-1',
    indexDigest: digest('a'),
    pullspec: `registry.example.org/release/webd@${digest('a')}`,
  },
  latest: { nvr: 'webd-2.0-2', state: 'held', waiting: 'its parent is not released', updatedAt: at },
  problems: [],
};

export const anImageInDetail: ImageDetail = {
  ...anImage,
  owners: ['ann'],
  gating: ['flibs.smoke'],
  perArch: [
    {
      arch: 'x86_64',
      manifestDigest: digest('b'),
      nvr: 'webd-2.0-1',
      contentId: digest('c'),
      rpmCount: 14,
      added: ['webd-2.0-1.fc40.x86_64'],
      addedCount: 3,
      stale: { since: at, error: 'no compiler', lacks: ['zlib 1 -> 2'] },
      leftAlone: { rebuild: 3, reason: 'nothing newer on offer' },
    },
    {
      arch: 'aarch64',
      manifestDigest: null,
      nvr: null,
      contentId: null,
      rpmCount: null,
      added: [],
      addedCount: 0,
      stale: null,
      leftAlone: null,
    },
  ],
  tags: [
    {
      repository: 'registry.example.org/release/webd',
      name: 'latest',
      nvr: 'webd-2.0-1',
      digest: digest('a'),
    },
  ],
  builds: [{ nvr: 'webd-2.0-2', state: 'held', waiting: null, updatedAt: at }],
};

export const anArchBuild: ArchBuild = {
  arch: 'x86_64',
  state: 'succeeded',
  waiting: null,
  reasons: ['openssl-libs.x86_64 3.0-1 -> 3.0-2'],
  failureClass: null,
  error: null,
  attempts: 1,
  worker: 'one',
  manifestDigest: digest('d'),
  readyAt: at,
  endedAt: at,
};

export const aBuild: Build = {
  nvr: 'webd-2.0-2',
  image: 'webd',
  state: 'building',
  severity: 'important',
  waiting: null,
  byHand: false,
  baseline: 'webd-2.0-1',
  parentBuild: 'runtime-1.0-2',
  indexDigest: null,
  pullspec: null,
  createdAt: at,
  endedAt: null,
  archBuilds: [
    anArchBuild,
    {
      ...anArchBuild,
      arch: 'aarch64',
      state: 'failed',
      failureClass: 'source',
      error: 'no such file',
      worker: null,
    },
  ],
};

export const aCause: Cause = {
  nomination: 7,
  kind: 'packages',
  reference: 'FEDORA-2026-1',
  severity: 'important',
  topic: 'org.fedoraproject.prod.bodhi.update.complete.stable',
  messageId: '019abc',
  causation: [],
  targets: ['openssl'],
  at,
};

export const aRebuild: RebuildBrief = {
  id: 4,
  distroRelease: 'F40',
  state: 'running',
  severity: 'important',
  reference: 'FEDORA-2026-1',
  waiting: null,
  openedAt: at,
  closeAt: at,
  plannedAt: at,
  finishedAt: null,
  builds: { building: 1 },
  archBuilds: { succeeded: 1, failed: 1 },
};

export const aRebuildInDetail: RebuildDetail = {
  ...aRebuild,
  history: [
    { state: 'collecting', reason: 'FEDORA-2026-1', at },
    { state: 'planned', reason: '1 images to build', at },
  ],
  causes: [aCause],
  builds: [aBuild],
  leftAlone: [{ image: 'standalone', arch: null, reason: 'holds nothing of what is in question' }],
  schedule: {
    seconds: 120,
    boundSeconds: 100,
    criticalPathSeconds: 90,
    pools: [{ arch: 'x86_64', slots: 2, archBuilds: 3, workSeconds: 200, boundSeconds: 100 }],
  },
};

export const aWhy: Why = {
  subject: 'webd-2.0-2',
  kind: 'build',
  arch: null,
  image: 'webd',
  build: {
    ...aBuild,
    index: [{ arch: 's390x', manifestDigest: digest('e'), carriedFrom: 'webd-2.0-1' }],
    causes: [{ rebuild: 4, reference: 'FEDORA-2026-1', nominations: [aCause] }],
    decision: { state: 'waiting', summary: 'flibs.smoke is missing on aarch64', at },
    steps: [
      {
        at,
        kind: 'build',
        subject: 'webd-2.0-2',
        from: null,
        to: 'planned',
        refused: false,
        reason: 'planned',
        messageId: 'm',
      },
    ],
  },
  leftAlone: [
    { image: 'webd', arch: 's390x', reason: 'nothing newer', rebuild: 5, reference: 'FEDORA-2026-2' },
  ],
};

const aPauseNote: PauseNote = {
  what: 'everything',
  by: 'ann',
  reason: 'mending',
  until: null,
  text: 'everything is paused by ann: mending; what would be rebuilt is planned, and starts once it is resumed',
};

export const aWhyNot: WhyNot = {
  image: 'webd',
  source: 'openssl',
  distroRelease: 'F40',
  arches: [
    { arch: 'x86_64', planned: true, reasons: ['openssl-libs is newer'] },
    { arch: 's390x', planned: false, reasons: ['nothing newer', 'blocked by base'] },
  ],
  underWay: [{ nvr: 'webd-2.0-3', arch: 'x86_64', state: 'running' }],
  paused: [aPauseNote],
};

export const aWhatIf: WhatIf = {
  builds: [
    {
      image: 'runtime',
      distroRelease: 'F40',
      parent: null,
      arches: [{ arch: 'x86_64', after: [], reasons: ['openssl-libs is newer'] }],
    },
  ],
  leftAlone: [{ image: 'standalone', arch: null, reason: 'holds nothing of it' }],
  remarks: [],
  paused: [aPauseNote],
  expectedSeconds: 125,
};

export const aStatus: Status = {
  instance: 'main',
  version: '0.1.0',
  startedAt: at,
  bus: { connected: false, since: at, waiting: 'connection refused' },
  store: { connected: true, since: at },
  consumers: [
    { name: 'rebuild-planner', state: 'waiting', waiting: 'the bus', effects: 0 },
    { name: 'releaser', state: 'running', effects: 3 },
  ],
  processes: [
    {
      host: 'left',
      pid: 7,
      startedAt: at,
      seenAt: at,
      gone: false,
      consumers: [{ name: 'release-gate', state: 'running', effects: 0 }],
    },
    {
      host: 'right',
      pid: 8,
      startedAt: at,
      seenAt: at,
      gone: true,
      consumers: [{ name: 'timekeeper', state: 'running', effects: 0 }],
    },
  ],
  workers: [
    { name: 'one', arches: ['x86_64'], slots: 2, running: 1, announcedAt: at, gone: false },
    { name: 'two', arches: ['x86_64'], slots: 2, running: 0, announcedAt: at, gone: true },
  ],
  waiting: [{ what: 'repository updates (F40, x86_64)', reason: 'HTTP 500', since: at }],
  paused: [
    { what: 'everything', by: 'ann', reason: 'the registry is moved', since: at, until: null },
    { what: 'webd', by: 'bob', reason: 'its tests are mended', since: at, until: at },
  ],
  deadLetters: 2,
};

export const aDeadLetter: DeadLetterBrief = {
  id: 9,
  consumer: 'package-updated',
  reason: 'body: not an object',
  topic: 'org.x.\u001b[31mred',
  messageId: 'm-1',
  origin: 'upstream',
  times: 2,
  at,
};

export const aDeadLetterInDetail: DeadLetterDetail = {
  ...aDeadLetter,
  exchange: 'flibs.main.upstream',
  contentType: 'application/json',
  contentEncoding: null,
  headers: { 'sent-at': 'yesterday' },
  bodyBytes: 12,
  body: '[1, "\u0007"]\n',
};

export const aDone: Done = { did: 'webd will be built', nomination: 8 };

export const aTransition = (
  id: number,
  to: string,
  over: Partial<TransitionEvent> = {},
): TransitionEvent => ({
  id,
  kind: 'archBuild',
  subject: 'webd.x86_64',
  nvr: 'webd-2.0-2',
  image: 'webd',
  arch: 'x86_64',
  from: 'ready',
  to,
  refused: false,
  reason: 'a worker took it',
  messageId: 'm',
  at,
  ...over,
});
