/** The build that plans are made against: the newest that is released or still undecided. */
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
  await flow.tx.deleteFrom('current').where('image', '=', image).execute();
  if (baseline === undefined) return;
  await flow.tx
    .insertInto('current')
    .columns(['image', 'arch', 'manifest', 'nvr'])
    .expression((eb) =>
      eb
        .selectFrom('index_entry')
        .select([eb.val(image).as('image'), 'arch', 'manifest_digest', eb.val(baseline.nvr).as('nvr')])
        .where('build', '=', baseline.id),
    )
    .execute();
};
