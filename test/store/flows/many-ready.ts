/** Arch builds that are ready, as many as are wanted, each of an image of its own. */
import { sql } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import type { Store } from '../../../src/store/connect.ts';

interface Ready {
  /** Images are `<name>-1`, `<name>-2`, ... */
  readonly name: string;
  readonly count?: number;
  readonly arch?: Arch;
  readonly severity?: Severity;
  readonly path?: number;
  readonly byHand?: boolean;
  /** Seconds since they were planned. */
  readonly waited?: number;
}

/** They are copies of the build of `lonely`, which stands on nothing. */
export const manyReady = async ({ db, pool }: Store, ready: Ready): Promise<void> => {
  const {
    name,
    count = 1,
    arch = 'x86_64',
    severity = 'none',
    path = 60,
    byHand = false,
    waited = 1,
  } = ready;
  await sql`
    with made as (
      insert into build (nvr, image, component, version, release_number, distro_release, revision, tree_id,
        definition, severity, by_hand, state, created_at, updated_at)
      select ${name} || '-' || at || '-40-1', ${name} || '-' || at, ${name} || '-' || at, version, 1,
        distro_release, revision, tree_id, definition, ${severity}, ${byHand}, 'planned', now(), now()
      from build, generate_series(1, ${count}) as at where image = 'lonely' and state = 'released'
      returning id, image
    )
    insert into arch_build (build, image, arch, state, reasons, proofs, ready_at, planned_at, path_seconds, severity, by_hand)
    select id, image, ${arch}, 'ready', '[]', '[]', now() - interval '1 second',
      now() - ${waited} * interval '1 second', ${path},
      ${severity}, ${byHand}
    from made`.execute(db);
  await pool.query('ANALYZE arch_build; ANALYZE build');
};
