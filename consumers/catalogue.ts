/** Every consumer that decides or has effects done; image-builder and upstream-bridge stand beside them, off the store. */
import type { Ports } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type RunnableConsumer, runnable } from '../src/runtime/runnable.ts';
import { basePublished } from './base-published.ts';
import { baseWatcher } from './base-watcher.ts';
import { buildDispatcher } from './build-dispatcher.ts';
import { ciResults } from './ci-results.ts';
import { contentRecorder } from './content-recorder.ts';
import { definitionsLoader } from './definitions-loader.ts';
import { imageBuilder } from './image-builder.ts';
import { indexAssembler } from './index-assembler.ts';
import { logKeeper } from './log-keeper.ts';
import { moduleBuilt } from './module-built.ts';
import { packageUpdated } from './package-updated.ts';
import { rebuildPlanner } from './rebuild-planner.ts';
import { releaseGate } from './release-gate.ts';
import { releaser } from './releaser.ts';
import { repoWatcher } from './repo-watcher.ts';
import { smokeTester } from './smoke-tester.ts';
import { sourceChanged } from './source-changed.ts';
import { timekeeper } from './timekeeper.ts';
import { upstreamBridge } from './upstream-bridge.ts';

/** In the order of the flow. */
export const consumersOf = (settings: Settings): readonly RunnableConsumer<Ports>[] => [
  runnable(definitionsLoader(settings)),
  runnable(packageUpdated()),
  runnable(moduleBuilt()),
  runnable(basePublished()),
  runnable(sourceChanged(settings)),
  runnable(repoWatcher(settings)),
  runnable(baseWatcher(settings)),
  runnable(rebuildPlanner(settings)),
  runnable(buildDispatcher(settings)),
  runnable(contentRecorder(settings)),
  runnable(indexAssembler(settings)),
  runnable(smokeTester(settings)),
  runnable(ciResults(settings)),
  runnable(releaseGate(settings)),
  runnable(releaser(settings)),
  runnable(timekeeper()),
  runnable(logKeeper()),
];

/** Everything that one of them listens to upstream, each topic once. */
export const upstreamTopicsOf = (
  consumers: readonly Pick<RunnableConsumer<Ports>, 'listening'>[],
): readonly string[] => {
  const listening = consumers.flatMap((consumer) => consumer.listening);
  return [
    ...new Set(listening.flatMap(({ exchange, topics }) => (exchange === 'upstream' ? topics : []))),
  ].sort();
};

/** Those that never reach the store. */
export const strangers = [imageBuilder, upstreamBridge] as const;

export const strangerNames: readonly string[] = strangers.map((stranger) => stranger.name);
