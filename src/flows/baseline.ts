/** The build that plans are made against: the newest that is released or still undecided. */
import { sql } from 'kysely';
import type { Flow } from '../runtime/consumer.ts';
import type { Build } from './move.ts';

/** A failed, rejected or withdrawn build is never a baseline. */
export const baselineStates: readonly Build['state'][] = [
  'candidate',
  'testing',
  'held',
  'releasing',
  'released',
];

/** The baseline of an image, by what its builds are now. */
export const baselineOf = (flow: Flow, image: string): Promise<Build | undefined> =>
  flow.tx
    .selectFrom('build')
    .selectAll()
    .where('image', '=', image)
    .where('state', 'in', baselineStates)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Makes `current` say what the baseline's index holds; called whenever a build becomes or stops being one. */
export const refreshBaseline = async (flow: Flow, image: string): Promise<void> => {
  const baseline = await baselineOf(flow, image);
  const entries = sql`index_entry where index_entry.build = ${baseline?.id ?? null}`;
  await sql`
    insert into current (image, arch, manifest, nvr)
    select ${image}, arch, manifest_digest, ${baseline?.nvr ?? ''} from ${entries}
    on conflict (image, arch) do update set manifest = excluded.manifest, nvr = excluded.nvr
      where (current.manifest, current.nvr) is distinct from (excluded.manifest, excluded.nvr)`.execute(
    flow.tx,
  );
  await sql`
    delete from current
    where image = ${image} and not exists (select from ${entries} and index_entry.arch = current.arch)`.execute(
    flow.tx,
  );
};
