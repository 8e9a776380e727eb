/** Who is killed when: by what is heard on an exchange, never by time. */
import { consumersOf, strangerNames } from '../../consumers/catalogue.ts';
import type { Heard } from '../e2e/observer.ts';

export interface Kill {
  readonly consumer: string;
  /** Where the message is heard that is the sign. */
  readonly on: 'public' | 'upstream' | 'facts';
  /** Which message: the end of its topic. */
  readonly topic: string;
  /** Which of them, from 1. */
  readonly nth: number;
  /** Only those whose body has this among its text. */
  readonly having?: string;
}

/** Those down to the smoke tester while the images are built for the first time, most others with the update. */
export const kills: readonly Kill[] = [
  { consumer: 'definitions-loader', on: 'facts', topic: 'flibs.definitions.changed', nth: 1 },
  { consumer: 'base-watcher', on: 'facts', topic: 'flibs.definitions.changed', nth: 1 },
  { consumer: 'repo-watcher', on: 'facts', topic: 'flibs.offers.changed', nth: 1 },
  { consumer: 'log-keeper', on: 'facts', topic: 'flibs.archbuild.started', nth: 1 },
  { consumer: 'content-recorder', on: 'facts', topic: 'flibs.archbuild.finished', nth: 1 },
  { consumer: 'image-builder', on: 'facts', topic: 'flibs.archbuild.started', nth: 2 },
  { consumer: 'index-assembler', on: 'facts', topic: 'flibs.content.recorded', nth: 2 },
  { consumer: 'smoke-tester', on: 'facts', topic: 'flibs.image.candidate.ready', nth: 2 },
  { consumer: 'upstream-bridge', on: 'public', topic: 'bodhi.update.complete.stable', nth: 1 },
  { consumer: 'package-updated', on: 'upstream', topic: 'bodhi.update.complete.stable', nth: 1 },
  { consumer: 'module-built', on: 'upstream', topic: 'mbs.module.state.change', nth: 1 },
  { consumer: 'base-published', on: 'upstream', topic: 'published.v1.container', nth: 1 },
  { consumer: 'source-changed', on: 'upstream', topic: 'git.receive', nth: 1 },
  { consumer: 'timekeeper', on: 'facts', topic: 'flibs.content.nominated', nth: 2 },
  { consumer: 'rebuild-planner', on: 'facts', topic: 'internal.timer.rebuild-close', nth: 3 },
  // One run was lost and began again: the fifth is the update's first.
  { consumer: 'build-dispatcher', on: 'facts', topic: 'flibs.archbuild.started', nth: 5 },
  { consumer: 'ci-results', on: 'facts', topic: 'ci.container-image.test.complete', nth: 4 },
  { consumer: 'release-gate', on: 'facts', topic: 'flibs.result.recorded', nth: 5 },
  {
    consumer: 'releaser',
    on: 'facts',
    topic: 'flibs.gate.decision.changed',
    nth: 4,
    having: '"state":"satisfied"',
  },
];

const nowhere = 'registry.test/x';

/** Every consumer, by name. */
export const consumers: readonly string[] = [
  ...strangerNames,
  ...consumersOf({
    instance: 'test',
    topicPrefix: 'test',
    candidateRegistry: nowhere,
    releaseRegistry: nowhere,
    rebuild: { quietPeriod: 0, maximum: 0 },
    repositoryInterval: 1,
    reconcileInterval: 3600,
    definitionsInterval: 1,
    worker: { heartbeat: 1, lease: 1 },
    jobLease: 1,
    runTimeout: 1,
    reporters: [],
    observe: false,
    runAttempts: 1,
  }).map(({ name }) => name),
];

/** Calls `kill` for each of the plan when its sign is heard. */
export const watchFor = (on: Kill['on'], kill: (consumer: string) => void): ((message: Heard) => void) => {
  const counts = new Map<Kill, number>();
  return ({ topic, body }) => {
    for (const one of kills) {
      const isSign =
        one.on === on && `.${topic}`.endsWith(`.${one.topic}`) && body.includes(one.having ?? '');
      if (!isSign) continue;
      const count = (counts.get(one) ?? 0) + 1;
      counts.set(one, count);
      if (count === one.nth) kill(one.consumer);
    }
  };
};
