/**
 * Listens to recorded contents, unchanged arch builds, candidates, and the clock.
 * Does: puts the arches of a build, carried ones too, into one OCI index in the candidate registry.
 * Says image.candidate.ready, image.arch.stale, image.failed, rebuild.finished, content.nominated.
 */

import {
  ArchBuildFinished,
  ContentRecorded,
  ImageArchStale,
  ImageCandidateReady,
  ImageFailed,
  ImageUnchanged,
} from '../schemas/events/building.ts';
import { ContentNominated, RebuildFinished } from '../schemas/events/planning.ts';
import { Assembly, assembleJob, assemblyFailed, considerAssembly } from '../src/flows/ending/assemble.ts';
import { assembled, considerChildren, indexedTimer } from '../src/flows/ending/assembled.ts';
import { staleAgain, staleArchTimer } from '../src/flows/ending/best-effort.ts';
import { pushIndex } from '../src/flows/ending/push-index.ts';
import type { RegistryPort } from '../src/flows/ports.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, effect, onFact, onTimer } from '../src/runtime/consumer.ts';

export const indexAssembler = (settings: Settings): Consumer<RegistryPort> => ({
  name: 'index-assembler',
  listensTo: 'recorded contents, unchanged arch builds, candidates, and the clock',
  does: 'puts the arches of a build, carried ones too, into one OCI index in the candidate registry',
  says: [ImageCandidateReady, ImageArchStale, ImageFailed, RebuildFinished, ContentNominated],
  subscriptions: [
    onFact(ContentRecorded, (flow, { nvr }) => considerAssembly(flow, settings, nvr)),
    onFact(ArchBuildFinished, async (flow, { nvr, outcome }) => {
      if (outcome === 'unchanged') await considerAssembly(flow, settings, nvr);
    }),
    onFact(ImageCandidateReady, (flow, { nvr }) => considerChildren(flow, settings, nvr)),
    onTimer(indexedTimer, (flow, { key }) => considerChildren(flow, settings, key)),
    onTimer(staleArchTimer, (flow, { key }) => staleAgain(flow, key)),
    onFact(ImageUnchanged, (flow, { nvr }) => considerChildren(flow, settings, nvr)),
  ],
  effects: [
    effect({
      kind: assembleJob,
      inputs: Assembly,
      lease: settings.jobLease,
      concurrency: 4,
      // A registry that is away for longer is a person's business; `flibs retry` goes on from here.
      maxAttempts: 40,
      run: (assembly, ports: RegistryPort) => pushIndex(assembly, ports),
      complete: (flow, assembly, indexDigest) => assembled(flow, settings, assembly, indexDigest),
      failed: (flow, assembly, error) => assemblyFailed(flow, settings, assembly, error),
    }),
  ],
});
