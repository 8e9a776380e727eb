/** What repositories newly offer is nominated as if a message had told it, where some image of ours contains it. */
import { sql } from 'kysely';
import type { z } from 'zod';
import { ModuleLabel } from '../../../schemas/content.ts';
import type { OffersChanged } from '../../../schemas/events/planning.ts';
import { DistroReleaseName } from '../../../schemas/ids.ts';
import { Severity } from '../../../schemas/nomination.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { noLongerListed } from '../planning/withdrawals.ts';
import { withAdvisories } from './advised-offers.ts';
import { lookedAtSince } from './looked-at.ts';
import { moduleNomination, nominate } from './nominate.ts';
import { nominateOffered } from './nominate-pairs.ts';
import { nominateReadvised } from './nominate-readvised.ts';
import { nominateVanished } from './nominate-vanished.ts';
import { mayTake, upgradable } from './upgradable.ts';

type Offers = z.infer<typeof OffersChanged.body>;

/** The event lists the first 200 only, so the offers themselves are asked. */
export const nominateOffers = async (flow: Flow, offers: Offers): Promise<void> => {
  await nominateModules(flow, offers);
  await nominateSources(flow, offers);
  await nominateVanished(flow, await noLongerListed(flow, offers.distroRelease));
  await nominateReadvised(flow, offers);
};

/**
 * New packages of images of ours, and of bases that they may upgrade, by what an advisory says of them: its severity,
 * and its name as the reference. What a rebuild has looked at since, or is going to look at, needs no further word; for
 * a module's package its module will do.
 */
const nominateSources = async (flow: Flow, offers: Offers): Promise<void> => {
  const { distroRelease } = offers;
  const since = new Date(offers.aggregate.seq);
  const { rows } = await sql<{
    advisory: string | null;
    type: string | null;
    severity: Severity | null;
    sources: string[];
  }>`
    select advisory.id as advisory, min(advisory.type) as type,
      (array_agg(advisory.severity order by array_position(${[...Severity.options]}::text[], advisory.severity)))[1] as severity,
      array_agg(distinct offer.source_name order by offer.source_name) as sources
    from offer
    ${withAdvisories}
    where offer.distro_release = ${distroRelease} and offer.arch = any(${offers.arches}::text[]) and offer.since = ${since}
      and exists (
        select from (${upgradable(ofTheOffer)}) as held where ${mayTake('held', sql.ref('advisory.severity'))}
      )
      and not ${lookedAtSince(sql`offer.source_name, offer.module`, sql.ref('offer.distro_release'), sql`${since}`)}
    group by advisory.id
    order by advisory.id nulls last`.execute(flow.tx);
  for (const { advisory, type, severity, sources } of rows)
    await nominateOffered(flow, { distroRelease, advisory, type, severity }, sources);
};

const ofTheOffer = sql`rpm.source_name = offer.source_name and image.distro_release = offer.distro_release`;

/** New builds of modules that are images of ours. */
const nominateModules = async (flow: Flow, offers: Offers): Promise<void> => {
  const since = new Date(offers.aggregate.seq);
  const { rows } = await sql<{ label: string }>`
    select distinct module_build.label from module_build
    join image on image.definition #>> '{recipe,module}' = module_build.module
      and image.to_revision is null and image.distro_release = module_build.distro_release
    where module_build.distro_release = ${offers.distroRelease} and module_build.arch = any(${offers.arches}::text[])
      and module_build.since = ${since}
      and not ${lookedAtSince(sql`module_build.label, image.name`, sql.ref('module_build.distro_release'), sql`${since}`)}
    order by module_build.label`.execute(flow.tx);
  for (const { label } of rows) {
    await nominate(flow, {
      ...moduleNomination(ModuleLabel.parse(label)),
      distroRelease: DistroReleaseName.parse(offers.distroRelease),
      severity: 'none',
      reference: label,
    });
  }
};
