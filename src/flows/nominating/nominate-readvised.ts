/**
 * An advisory says something else of what is on offer already, or has come later than that: nominated anew where
 * something that was left alone would be decided otherwise now.
 */
import { sql } from 'kysely';
import type { z } from 'zod';
import type { OffersChanged } from '../../../schemas/events/planning.ts';
import type { DistroReleaseName } from '../../../schemas/ids.ts';
import { newerOffers, type Pair } from '../../planning/newer-offers.ts';
import { denied } from '../../planning/permitted.ts';
import { evrCompare } from '../../rpm/evr.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentsOf } from '../contents/content-of.ts';
import { readRules } from '../defining/rules.ts';
import { pairOf } from './advised-offers.ts';
import { nominatePairs, updateTypeOf } from './nominate-pairs.ts';
import { evrAsJson, sameStream, upgradable } from './upgradable.ts';

type Offers = Pick<z.infer<typeof OffersChanged.body>, 'distroRelease' | 'aggregate'>;

interface Readvised {
  readonly distroRelease: DistroReleaseName;
  /** When it was said. */
  readonly since: Date;
}

export const nominateReadvised = async (flow: Flow, { distroRelease, aggregate }: Offers): Promise<void> => {
  const told = { distroRelease, since: new Date(aggregate.seq) };
  await nominatePairs(flow, [...(await upgradesNow(flow, told)), ...(await permittedNow(flow, told))]);
};

/** Offers that were there before, with what an advisory says of them now. */
const readvised = ({ distroRelease, since }: Readvised) => sql`
  advisory_rpm
  join advisory on advisory.distro_release = advisory_rpm.distro_release
    and advisory.repository = advisory_rpm.repository and advisory.arch = advisory_rpm.arch
    and advisory.id = advisory_rpm.advisory
  join offer on offer.distro_release = advisory_rpm.distro_release
    and offer.repository = advisory_rpm.repository and offer.arch = advisory_rpm.arch
    and offer.name = advisory_rpm.name and offer.epoch = advisory_rpm.epoch
    and offer.version = advisory_rpm.version and offer.release = advisory_rpm.release
    and offer.rpm_arch = advisory_rpm.rpm_arch
    and advisory_rpm.distro_release = ${distroRelease} and advisory_rpm.said_at = ${since} and offer.since < ${since}
    and not ${isToldOf}`;

/** The look at another arch was first. */
const isToldOf = sql`exists (
  select from nomination_target as told join nomination on nomination.id = told.nomination
  where told.target = offer.source_name and told.distro_release = offer.distro_release and told.closed_at is null
    and (nomination.reference, nomination.severity) = (advisory.id, advisory.severity)
)`;

/** What images have from external bases and upgrade where it is a security update. */
const upgradesNow = async ({ tx }: Flow, told: Readvised): Promise<readonly Pair[]> => {
  const ofTheOffer = sql`rpm.source_name = offer.source_name and image.distro_release = offer.distro_release`;
  const { rows } = await sql<Pair>`
    select distinct ${pairOf('rpm')}
    from ${readvised(told)}
    cross join lateral (${upgradable(ofTheOffer)}) as held
    join rpm on rpm.id = held.rpm and rpm.name = offer.name and rpm.arch = offer.rpm_arch
    where held.policy = 'security' and held.arch = offer.arch and advisory.severity <> 'none'
      and ${sameStream('rpm.module', 'offer.module')}`.execute(tx);
  return newerOffers(rows);
};

interface Denied extends Omit<Pair, 'installed'> {
  readonly image: string;
  readonly manifest: string;
  readonly name: string;
  readonly rpmArch: string;
}

/** What rules have denied and would not deny for the update as it is now, where the image still has something older. */
const permittedNow = async (flow: Flow, told: Readvised): Promise<readonly Denied[]> => {
  const { rows } = await sql<Denied>`
    select distinct offer.distro_release as "distroRelease", offer.source_name as source, offer.name,
      offer.rpm_arch as "rpmArch", ${evrAsJson('offer')} as offered, advisory.id as advisory, advisory.type,
      advisory.severity, current.image, current.manifest
    from ${readvised(told)}
    join nomination_target as target on target.target in (offer.source_name, offer.module)
      and target.distro_release = offer.distro_release
    join left_alone on left_alone.rebuild = target.rebuild and left_alone.nominated_anew_at is null
      and left_alone.reason ->> 'kind' = 'denied'
    join current on current.image = left_alone.image and current.arch = offer.arch
    order by current.image, current.manifest, offer.name`.execute(flow.tx);
  if (rows.length === 0) return [];
  const rules = await readRules(flow);
  const contents = await contentsOf(
    flow.tx,
    rows.map(({ manifest }) => manifest),
    [...new Set(rows.map(({ source }) => source))],
  );
  return rows.filter((row) => {
    const kind = { type: updateTypeOf(row.type) ?? 'unspecified', severity: row.severity ?? 'none' } as const;
    const isOld = (contents.get(row.manifest) ?? []).some(
      (rpm) => rpm.name === row.name && rpm.arch === row.rpmArch && evrCompare(row.offered, rpm) > 0,
    );
    return (
      isOld &&
      denied(rules, { image: row.image, distroRelease: told.distroRelease }, [kind], false) === undefined
    );
  });
};
