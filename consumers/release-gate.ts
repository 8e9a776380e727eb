/**
 * Listens to candidates and recorded results.
 * Does: decides, by the image's gating.yaml, for exactly this index and each of its arches.
 * Says gate.decision.changed, rebuild.finished.
 */

import { ImageCandidateReady } from '../schemas/events/building.ts';
import { RebuildFinished } from '../schemas/events/planning.ts';
import { GateDecisionChanged, ResultRecorded } from '../schemas/events/releasing.ts';
import { considerGate } from '../src/flows/releasing/gate.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, onFact } from '../src/runtime/consumer.ts';

export const releaseGate = (settings: Settings): Consumer<unknown> => ({
  name: 'release-gate',
  listensTo: 'candidates and recorded results',
  does: "decides, by the image's gating.yaml, for exactly this index and each of its arches",
  says: [GateDecisionChanged, RebuildFinished],
  subscriptions: [
    onFact(ImageCandidateReady, (flow, { nvr }) => considerGate(flow, settings, nvr)),
    onFact(ResultRecorded, (flow, { nvr }) => considerGate(flow, settings, nvr)),
  ],
});
