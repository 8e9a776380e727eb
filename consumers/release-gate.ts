/**
 * Listens to candidates, recorded results and waivers, and the clock.
 * Does: gives an image's candidates their turn; decides, by the image's gating.yaml, for exactly this index and each of its arches.
 * Says gate.decision.changed, gate.overdue, image.candidate.ready, rebuild.finished.
 */

import { ImageCandidateReady } from '../schemas/events/building.ts';
import { RebuildFinished } from '../schemas/events/planning.ts';
import {
  GateDecisionChanged,
  GateOverdue,
  ResultRecorded,
  WaiverRecorded,
} from '../schemas/events/releasing.ts';
import { turnTimer } from '../src/flows/move.ts';
import { considerGate } from '../src/flows/releasing/gate.ts';
import { gateAlarmTimer, tellGateOverdue } from '../src/flows/releasing/gate-alarm.ts';
import { nextTurn } from '../src/flows/releasing/turns.ts';
import { considerWaived, waiverTimer } from '../src/flows/releasing/waivers.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, onFact, onTimer } from '../src/runtime/consumer.ts';

export const releaseGate = (settings: Settings): Consumer<unknown> => ({
  name: 'release-gate',
  listensTo: 'candidates, recorded results and waivers, and the clock',
  does: "gives an image's candidates their turn; decides, by the image's gating.yaml, for exactly this index and each of its arches",
  says: [GateDecisionChanged, GateOverdue, ImageCandidateReady, RebuildFinished],
  subscriptions: [
    onFact(ImageCandidateReady, (flow, { nvr }) => considerGate(flow, settings, nvr)),
    onTimer(turnTimer, (flow, { key }) => nextTurn(flow, settings, key)),
    onTimer(gateAlarmTimer, (flow, { key }) => tellGateOverdue(flow, key)),
    onTimer(waiverTimer, (flow, { key }) => considerWaived(flow, settings, Number(key))),
    onFact(WaiverRecorded, (flow, { waiver }) => considerWaived(flow, settings, waiver)),
    onFact(ResultRecorded, (flow, { nvr }) => considerGate(flow, settings, nvr)),
  ],
});
