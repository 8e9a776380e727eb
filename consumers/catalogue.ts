/** Every consumer that decides or has effects done; image-builder and upstream-bridge stand beside them, off the store. */
import type { Ports } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import type { Knowledge } from '../src/nominating/knowledge.ts';
import type { Consumer } from '../src/runtime/consumer.ts';
import { buildDispatcher } from './build-dispatcher.ts';
import { ciResults } from './ci-results.ts';
import { contentRecorder } from './content-recorder.ts';
import { definitionsLoader } from './definitions-loader.ts';
import { indexAssembler } from './index-assembler.ts';
import { logKeeper } from './log-keeper.ts';
import { moduleBuilt } from './module-built.ts';
import { packageUpdated } from './package-updated.ts';
import { rebuildPlanner } from './rebuild-planner.ts';
import { releaseGate } from './release-gate.ts';
import { releaser } from './releaser.ts';
import { repoWatcher } from './repo-watcher.ts';
import { smokeTester } from './smoke-tester.ts';
import { timekeeper } from './timekeeper.ts';

export type AnyConsumer = Consumer<Ports, Knowledge> | Consumer<Ports>;

/** In the order of the flow. */
export const consumersOf = (settings: Settings): readonly AnyConsumer[] => [
  definitionsLoader(settings),
  packageUpdated(),
  moduleBuilt(),
  repoWatcher(settings),
  rebuildPlanner(settings),
  buildDispatcher(settings),
  contentRecorder(settings),
  indexAssembler(settings),
  smokeTester(settings),
  ciResults(),
  releaseGate(settings),
  releaser(settings),
  timekeeper(),
  logKeeper(),
];

/** Those that never reach the store. */
export const strangers = ['image-builder', 'upstream-bridge'] as const;
