/**
 * Listens to nominations, to new offers, to the timer that closes a rebuild, to the reconciler's and to those of pauses.
 * Does: gathers causes until it is quiet, then compares contents with offers and plans the least work that fixes all.
 * Says content.nominated, rebuild.planned, archbuild.held, rebuild.finished, pause.changed.
 */
import { ArchBuildHeld } from '../schemas/events/building.ts';
import { PauseChanged } from '../schemas/events/pausing.ts';
import {
  ContentNominated,
  OffersChanged,
  RebuildFinished,
  RebuildPlanned,
} from '../schemas/events/planning.ts';
import { nominateOffers } from '../src/flows/nominating/nominate-offers.ts';
import { reconcileOnTime, reconcileTimer, startReconciling } from '../src/flows/nominating/reconcile.ts';
import { pauseTimer, resumeOnTime } from '../src/flows/pausing/pause.ts';
import { closeRebuild } from '../src/flows/planning/close-rebuild.ts';
import { closeTimer, collect } from '../src/flows/planning/collect.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, onFact, onTimer } from '../src/runtime/consumer.ts';

export const rebuildPlanner = (settings: Settings): Consumer<unknown> => ({
  name: 'rebuild-planner',
  listensTo: "nominations, new offers, the timer that closes a rebuild, the reconciler's and those of pauses",
  does: 'gathers causes until it is quiet, then compares contents with offers and plans the least work that fixes all',
  says: [ContentNominated, RebuildPlanned, ArchBuildHeld, RebuildFinished, PauseChanged],
  onStart: (flow) => startReconciling(flow, settings),
  subscriptions: [
    onFact(ContentNominated, (flow, { nomination }) => collect(flow, settings, nomination)),
    onFact(OffersChanged, (flow, offers) => nominateOffers(flow, offers)),
    onTimer(reconcileTimer, (flow) => reconcileOnTime(flow, settings)),
    onTimer(pauseTimer, (flow, { key }) => resumeOnTime(flow, key)),
    onTimer(closeTimer, (flow, { key }) => closeRebuild(flow, settings, key)),
  ],
});
