/** What repositories newly offer is nominated as if a message had told it, where some image of ours contains it. */
import type { z } from 'zod';
import type { OffersChanged } from '../../schemas/events/planning.ts';
import type { Flow } from '../runtime/consumer.ts';
import { nominate } from './nominate.ts';

/** The event lists the first 200 sources only, so the offers themselves are asked. */
export const nominateOffers = async (
  flow: Flow,
  offers: z.infer<typeof OffersChanged.body>,
): Promise<void> => {
  const since = new Date(offers.aggregate.seq);
  const rows = await flow.tx
    .selectFrom('offer')
    .select('offer.source_name')
    .distinct()
    .where('offer.distro_release', '=', offers.distroRelease)
    .where('offer.arch', 'in', offers.arches)
    .where('offer.since', '=', since)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('rpm')
          .innerJoin('manifest_rpm', 'manifest_rpm.rpm', 'rpm.id')
          .innerJoin('current', 'current.manifest', 'manifest_rpm.manifest')
          .innerJoin('image', (join) =>
            join.onRef('image.name', '=', 'current.image').on('image.to_revision', 'is', null),
          )
          .select('rpm.id')
          .whereRef('rpm.source_name', '=', 'offer.source_name')
          .whereRef('image.distro_release', '=', 'offer.distro_release')
          .where('manifest_rpm.change', '=', 'added'),
      ),
    )
    // What a rebuild has looked at since, or is going to look at, needs no further word.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('nomination_target as told')
            .select('told.nomination')
            .whereRef('told.target', '=', 'offer.source_name')
            .whereRef('told.distro_release', '=', 'offer.distro_release')
            .where((or) => or.or([or('told.closed_at', 'is', null), or('told.closed_at', '>=', since)])),
        ),
      ),
    )
    .orderBy('offer.source_name')
    .execute();
  if (rows.length === 0) return;
  await nominate(flow, {
    kind: 'packages',
    distroRelease: offers.distroRelease,
    sources: rows.map((row) => ({ name: row.source_name, version: '', release: '' })),
    severity: 'none',
    reference: `repositories of ${offers.distroRelease}`,
  });
};
