/**
 * Listens to decisions and releases, and to the clock.
 * Does: copies a candidate whose gate is satisfied to the release registry, moves its tags, and repairs those that drift.
 * Says image.released, image.downgraded, rebuild.finished.
 */
import { z } from 'zod';
import { ImageUnchanged } from '../schemas/events/building.ts';
import { RebuildFinished } from '../schemas/events/planning.ts';
import { GateDecisionChanged, ImageDowngraded, ImageReleased } from '../schemas/events/releasing.ts';
import type { RegistryPort, TagsPort } from '../src/flows/ports.ts';
import { checkTags } from '../src/flows/releasing/check-tags.ts';
import { publishRelease } from '../src/flows/releasing/publish-release.ts';
import { considerRelease, considerWaiting, released } from '../src/flows/releasing/release.ts';
import { Release, releaseJob } from '../src/flows/releasing/release-job.ts';
import { beginSweeping, sweepJob, swept } from '../src/flows/releasing/tag-sweep.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, effect, onFact } from '../src/runtime/consumer.ts';

export const releaser = (settings: Settings): Consumer<RegistryPort & TagsPort> => ({
  name: 'releaser',
  listensTo: 'decisions and releases, and to the clock',
  does: 'copies a candidate whose gate is satisfied to the release registry, moves its tags, and repairs those that drift',
  says: [ImageReleased, ImageDowngraded, RebuildFinished],
  onStart: (flow) => beginSweeping(flow),
  subscriptions: [
    onFact(GateDecisionChanged, async (flow, { nvr, state }) => {
      if (state === 'satisfied') await considerRelease(flow, settings, nvr);
    }),
    onFact(ImageReleased, (flow, { nvr }) => considerWaiting(flow, settings, nvr)),
    onFact(ImageUnchanged, (flow, { nvr }) => considerWaiting(flow, settings, nvr)),
  ],
  effects: [
    effect({
      kind: releaseJob,
      inputs: Release,
      lease: settings.jobLease,
      concurrency: 4,
      run: (release, ports: RegistryPort & TagsPort) => publishRelease(release, ports),
      complete: (flow, release) => released(flow, release),
    }),
    effect({
      kind: sweepJob,
      inputs: z.object({}),
      lease: settings.jobLease,
      concurrency: 1,
      run: (_inputs, ports: RegistryPort & TagsPort, { signal }) => checkTags(ports, signal),
      complete: (flow, _inputs, findings) => swept(flow, findings),
    }),
  ],
});
