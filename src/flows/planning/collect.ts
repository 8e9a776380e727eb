/** Gathers nominations of a distro release into one rebuild until it is quiet, or urgent. */
import type { Severity } from '../../../schemas/nomination.ts';
import { worst } from '../../planning/severity.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { lockNamed } from '../lock.ts';
import { recordTransition } from '../move.ts';
import type { Settings } from '../settings.ts';

export const closeTimer = 'rebuild-close';

/** Puts the open targets of a nomination into the collecting rebuild of each of their distro releases. */
export const collect = async (flow: Flow, settings: Settings, nomination: number): Promise<void> => {
  const row = await flow.tx
    .selectFrom('nomination')
    .selectAll()
    .where('id', '=', nomination)
    .executeTakeFirst();
  if (!row) return;
  const releases = await flow.tx
    .selectFrom('nomination_target')
    .select('distro_release')
    .distinct()
    .where('nomination', '=', nomination)
    .where('closed_at', 'is', null)
    .orderBy('distro_release')
    .execute();
  const urgent = row.kind === 'manual' || row.severity === 'critical' || row.severity === 'important';
  for (const release of releases) {
    const rebuild = await collectingRebuild(flow, release.distro_release, {
      severity: row.severity,
      reference: row.reference,
      quiet: urgent ? 0 : settings.rebuild.quietPeriod,
      maximum: settings.rebuild.maximum,
    });
    await flow.tx
      .updateTable('nomination_target')
      .set({ rebuild })
      .where('nomination', '=', nomination)
      .where('distro_release', '=', release.distro_release)
      .where('closed_at', 'is', null)
      .execute();
  }
};

interface Collecting {
  readonly severity: Severity;
  readonly reference: string;
  /** Seconds. */
  readonly quiet: number;
  readonly maximum: number;
}

/** One at a time decides what a distro release collects and plans. */
export const lockCollecting = (flow: Flow, distroRelease: string): Promise<void> =>
  lockNamed(flow, `collect ${distroRelease}`);

/** The rebuild that collects for a distro release, opened or prolonged; its closing timer is set. */
const collectingRebuild = async (flow: Flow, distroRelease: string, wanted: Collecting): Promise<number> => {
  // Two first nominations at once must not open two rebuilds.
  await lockCollecting(flow, distroRelease);
  const existing = await flow.tx
    .selectFrom('rebuild')
    .selectAll()
    .where('distro_release', '=', distroRelease)
    .where('state', '=', 'collecting')
    .forUpdate()
    .executeTakeFirst();
  const quietUntil = flow.now.getTime() + wanted.quiet * 1000;
  if (!existing) {
    const closeAt = new Date(quietUntil);
    const { id } = await flow.tx
      .insertInto('rebuild')
      .values({
        distro_release: distroRelease,
        state: 'collecting',
        severity: wanted.severity,
        reference: wanted.reference,
        opened_at: flow.now,
        last_nominated_at: flow.now,
        close_at: closeAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const moving = { kind: 'rebuild', id, subject: `rebuild ${id}`, from: null, to: 'collecting' } as const;
    await recordTransition(flow, { ...moving, reason: wanted.reference });
    await flow.timer({ kind: closeTimer, key: distroRelease, due: closeAt });
    return id;
  }
  const latest = existing.opened_at.getTime() + wanted.maximum * 1000;
  // What is already due is not prolonged; the rest waits for quiet, up to the maximum.
  const due = existing.close_at.getTime() <= flow.now.getTime();
  const closeAt = due ? existing.close_at : new Date(Math.min(quietUntil, latest));
  await flow.tx
    .updateTable('rebuild')
    .set((eb) => ({
      // Judged by a look as new as what it collected when it fell due: a stream of nominations must not hold it up.
      // What a later one names and that look did not see is nominated by the next look.
      last_nominated_at: due ? existing.last_nominated_at : flow.now,
      close_at: closeAt,
      severity: worst([existing.severity, wanted.severity]),
      seq: eb('seq', '+', 1),
    }))
    .where('id', '=', existing.id)
    .execute();
  await flow.timer({ kind: closeTimer, key: distroRelease, due: closeAt });
  return existing.id;
};
