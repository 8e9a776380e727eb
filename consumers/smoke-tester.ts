/**
 * Listens to candidates and to smoke tests that have ended.
 * Does: has the image's declared test run in the image, on each arch, by the workers.
 * Says test.queued, ci.container-image.test.complete, ci.container-image.test.error.
 */

import { ImageCandidateReady } from '../schemas/events/building.ts';
import { ContainerImageTestComplete, ContainerImageTestError } from '../schemas/events/ci.ts';
import { TestFinished, TestQueued } from '../schemas/events/releasing.ts';
import { queueSmokeTests, reportSmokeTest } from '../src/flows/releasing/smoke-tests.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, onFact } from '../src/runtime/consumer.ts';

export const smokeTester = (settings: Settings): Consumer<unknown> => ({
  name: 'smoke-tester',
  listensTo: 'candidates and smoke tests that have ended',
  does: "has the image's declared test run in the image, on each arch, by the workers",
  says: [TestQueued, ContainerImageTestComplete, ContainerImageTestError],
  subscriptions: [
    onFact(ImageCandidateReady, (flow, { nvr }) => queueSmokeTests(flow, nvr)),
    onFact(TestFinished, (flow, finished) => reportSmokeTest(flow, settings, finished)),
  ],
});
