/** Every consumer of the catalogue as a part of a simulation. */
import { basePublished } from '../../consumers/base-published.ts';
import { baseWatcher } from '../../consumers/base-watcher.ts';
import { buildDispatcher } from '../../consumers/build-dispatcher.ts';
import { ciResults } from '../../consumers/ci-results.ts';
import { contentRecorder } from '../../consumers/content-recorder.ts';
import { definitionsLoader } from '../../consumers/definitions-loader.ts';
import { indexAssembler } from '../../consumers/index-assembler.ts';
import { logKeeper } from '../../consumers/log-keeper.ts';
import { moduleBuilt } from '../../consumers/module-built.ts';
import { packageUpdated } from '../../consumers/package-updated.ts';
import { rebuildPlanner } from '../../consumers/rebuild-planner.ts';
import { releaseGate } from '../../consumers/release-gate.ts';
import { releaser } from '../../consumers/releaser.ts';
import { repoWatcher } from '../../consumers/repo-watcher.ts';
import { smokeTester } from '../../consumers/smoke-tester.ts';
import { sourceChanged } from '../../consumers/source-changed.ts';
import { timekeeper } from '../../consumers/timekeeper.ts';
import type { Ports } from '../../src/flows/ports.ts';
import type { Settings } from '../../src/flows/settings.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { type Part, partOf } from './cast.ts';

type Where = Pick<Environment, 'instance' | 'topicPrefix'>;

export const partsOf = (settings: Settings, ports: Ports, where: Where): readonly Part[] => [
  partOf(definitionsLoader(settings), ports, where),
  partOf(packageUpdated(), ports, where),
  partOf(moduleBuilt(), ports, where),
  partOf(basePublished(), ports, where),
  partOf(sourceChanged(settings), ports, where),
  partOf(repoWatcher(settings), ports, where),
  partOf(baseWatcher(settings), ports, where),
  partOf(rebuildPlanner(settings), ports, where),
  partOf(buildDispatcher(settings), ports, where),
  partOf(contentRecorder(settings), ports, where),
  partOf(indexAssembler(settings), ports, where),
  partOf(smokeTester(settings), ports, where),
  partOf(ciResults(settings), ports, where),
  partOf(releaseGate(settings), ports, where),
  partOf(releaser(settings), ports, where),
  partOf(timekeeper(), ports, where),
  partOf(logKeeper(), ports, where),
];
