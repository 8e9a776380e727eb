/** Nominations and rebuilds, as Kysely sees them; the files in sql/ say what they mean. */
import type { ColumnType, Generated } from 'kysely';
import type { RebuildSchedule } from '../../schemas/events/planning.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Nomination, Severity } from '../../schemas/nomination.ts';
import type { Pause } from '../../schemas/pause.ts';
import type { RebuildState } from '../lifecycle/states.ts';
import type { Json } from './json-column.ts';

export interface NominationTable {
  id: Generated<number>;
  kind: Nomination['kind'];
  body: Json<Nomination>;
  reference: string;
  severity: Severity;
  message_id: string;
  topic: string;
  causation: string[];
  at: Date;
}

export interface NominationTargetTable {
  nomination: number;
  distro_release: string;
  target: string;
  rebuild: number | null;
  closed_at: Date | null;
  /** What became of it when it was closed; `dropped`: no plan has looked at it. */
  seen: Generated<'planned' | 'observed' | 'dropped'>;
}

export interface RebuildTable {
  id: Generated<number>;
  distro_release: string;
  state: RebuildState;
  seq: Generated<number>;
  revision: number | null;
  severity: Severity;
  reference: string;
  opened_at: Date;
  last_nominated_at: Date;
  close_at: Date;
  waiting: string | null;
  planned_at: Date | null;
  finished_at: Date | null;
  /** How near it came to its bound. */
  schedule: ColumnType<RebuildSchedule | null, string | null | undefined, string | null>;
}

export interface FollowUpTable {
  id: Generated<number>;
  rebuild: number;
  image: string;
  arch: Arch;
  build: number;
  arch_build: number | null;
  reasons: Json<unknown>;
  closed_at: Date | null;
  outcome: string | null;
}

export interface WithdrawalTable {
  distro_release: string;
  source: string;
  version: string;
  release: string;
  reference: string;
  nomination: number;
  listed_arches: string[];
  at: Date;
}

export interface LeftAloneTable {
  rebuild: number;
  image: string;
  arch: Arch | null;
  reason: Json<unknown>;
  text: string;
  nominated_anew_at: Date | null;
}

export interface PauseTable {
  id: Generated<number>;
  scope: Pause['scope'];
  image: string | null;
  paused_by: string;
  reason: string;
  until: Date | null;
  paused_at: Date;
  ended_at: Date | null;
  ended_by: string | null;
}

export interface ReleaseNumberTable {
  component: string;
  version: string;
  last: number;
}
