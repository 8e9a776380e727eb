/**
 * Listens to plans, new offers and definitions, queued tests, what is resumed, workers' announcements and reports, and the clock.
 * Does: assigns what is ready to free slots, late; turns reports into facts; takes back what nobody renews; ends holds.
 * Says archbuild.started, archbuild.finished, archbuild.failed, archbuild.overdue, test.running, test.finished, image.unchanged, image.failed, image.looped, rebuild.finished, content.nominated.
 */
import { Announcement, Report } from '../schemas/commands/run.ts';
import {
  ArchBuildFailed,
  ArchBuildFinished,
  ArchBuildOverdue,
  ArchBuildStarted,
  ImageFailed,
  ImageLooped,
  ImageUnchanged,
} from '../schemas/events/building.ts';
import { PauseChanged } from '../schemas/events/pausing.ts';
import {
  ContentNominated,
  DefinitionsChanged,
  OffersChanged,
  RebuildFinished,
  RebuildPlanned,
} from '../schemas/events/planning.ts';
import { TestFinished, TestQueued, TestRunning } from '../schemas/events/releasing.ts';
import { delayTimer } from '../src/flows/dispatching/delays.ts';
import { dispatch, dispatching } from '../src/flows/dispatching/dispatch.ts';
import { report } from '../src/flows/dispatching/reports.ts';
import { giveBackRun } from '../src/flows/dispatching/runs.ts';
import { announce, judgeLeases, leaseTimer, startHearing } from '../src/flows/dispatching/workers.ts';
import { endAllHolds, endHolds } from '../src/flows/ending/end-holds.ts';
import { holdTimer } from '../src/flows/planning/held.ts';
import type { Settings } from '../src/flows/settings.ts';
import { type Consumer, onCommand, onFact, onTimer } from '../src/runtime/consumer.ts';

export const buildDispatcher = (settings: Settings): Consumer<unknown> => ({
  name: 'build-dispatcher',
  listensTo:
    "plans, new offers and definitions, queued tests, what is resumed, workers' announcements and reports, and the clock",
  does: 'assigns what is ready to free slots, late; turns reports into facts; takes back what nobody renews; ends holds',
  says: [
    ArchBuildStarted,
    ArchBuildFinished,
    ArchBuildFailed,
    ArchBuildOverdue,
    TestRunning,
    TestFinished,
    ImageUnchanged,
    ImageFailed,
    ImageLooped,
    RebuildFinished,
    ContentNominated,
  ],
  onStart: (flow) => startHearing(flow, settings),
  subscriptions: [
    onFact(RebuildPlanned, (flow) => dispatch(flow, settings)),
    onFact(OffersChanged, (flow, { distroRelease }) => endHolds(flow, settings, distroRelease)),
    onFact(DefinitionsChanged, (flow) => endAllHolds(flow, settings)),
    onFact(TestQueued, (flow) => dispatch(flow, settings)),
    onFact(PauseChanged, (flow) => dispatch(flow, settings)),
    onCommand({ key: 'report', body: Report }, (flow, said) =>
      // A beginning frees no slot; after a refusal the next announcement tells whether one is free.
      said.kind === 'started' || said.kind === 'refused'
        ? report(flow, settings, said)
        : dispatching(flow, settings, () => report(flow, settings, said)),
    ),
    onCommand({ key: 'announce', body: Announcement, transient: true }, (flow, announcement) =>
      dispatching(flow, settings, () => announce(flow, settings, announcement)),
    ),
    onTimer('run-returned', (flow, { key }) =>
      dispatching(flow, settings, () => giveBackRun(flow, key, 'returned', 'the command reached no worker')),
    ),
    onTimer(delayTimer, (flow) => dispatch(flow, settings)),
    onTimer(holdTimer, (flow, { key }) => endHolds(flow, settings, key)),
    onTimer(leaseTimer, (flow) => dispatching(flow, settings, () => judgeLeases(flow, settings))),
  ],
});
