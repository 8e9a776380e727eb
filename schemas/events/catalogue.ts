/** Every event that flibs says. */
import * as building from './building.ts';
import * as ci from './ci.ts';
import type { EventType } from './event.ts';
import * as pausing from './pausing.ts';
import * as planning from './planning.ts';
import * as releasing from './releasing.ts';

export const events: readonly EventType[] = [
  planning.ContentNominated,
  planning.OffersChanged,
  planning.DefinitionsChanged,
  planning.RebuildPlanned,
  planning.RebuildFinished,
  pausing.PauseChanged,
  building.ArchBuildStarted,
  building.ArchBuildFinished,
  building.ArchBuildFailed,
  building.ArchBuildHeld,
  building.ArchBuildOverdue,
  building.ContentRecorded,
  building.ImageCandidateReady,
  building.ImageArchStale,
  building.ImageUnchanged,
  building.ImageFailed,
  building.ImageLooped,
  releasing.TestQueued,
  releasing.TestRunning,
  releasing.TestFinished,
  ci.ContainerImageTestComplete,
  ci.ContainerImageTestError,
  releasing.ResultRecorded,
  releasing.WaiverRecorded,
  releasing.GateDecisionChanged,
  releasing.GateOverdue,
  releasing.ImageReleased,
  releasing.ImageDowngraded,
];
