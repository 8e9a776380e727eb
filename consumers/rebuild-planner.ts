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
import { tryFailedInfrastructureAgain } from '../src/flows/ending/retry-build.ts';
import { nominateOffers } from '../src/flows/nominating/nominate-offers.ts';
import { nominateReadvised } from '../src/flows/nominating/nominate-readvised.ts';
import { reconcileOnTime, reconcileTimer, startReconciling } from '../src/flows/nominating/reconcile.ts';
import { pauseTimer, resumeOnTime } from '../src/flows/pausing/pause.ts';
import { closeRebuild } from '../src/flows/planning/close-rebuild.ts';
import { closeTimer, collect } from '../src/flows/planning/collect.ts';
import { forgetObserved } from '../src/flows/planning/observe.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, onFact, onTimer } from '../src/runtime/consumer.ts';

export const rebuildPlanner = (settings: Settings): Consumer<unknown> => ({
  name: 'rebuild-planner',
  listensTo: "nominations, new offers, the timer that closes a rebuild, the reconciler's and those of pauses",
  does: 'gathers causes until it is quiet, then compares contents with offers and plans the least work that fixes all',
  says: [ContentNominated, RebuildPlanned, ArchBuildHeld, RebuildFinished, PauseChanged],
  onStart: async (flow) => {
    if (!settings.observe) await forgetObserved(flow);
    await startReconciling(flow);
  },
  subscriptions: [
    onFact(ContentNominated, (flow, { nomination }) => collect(flow, settings, nomination)),
    onFact(OffersChanged, async (flow, offers) => {
      await nominateOffers(flow, offers);
      await nominateReadvised(flow, offers);
    }),
    onTimer(reconcileTimer, async (flow) => {
      await reconcileOnTime(flow, settings);
      if (!settings.observe) await tryFailedInfrastructureAgain(flow);
    }),
    onTimer(pauseTimer, (flow, { key }) => resumeOnTime(flow, key)),
    onTimer(closeTimer, (flow, { key }) => closeRebuild(flow, settings, key)),
  ],
});
