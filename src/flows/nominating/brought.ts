/**
 * What a build brings that its image had not before: no plan was asked about it, since whoever updated it while it was
 * built found no image that held it. Nominated once it is a candidate, where it could be newer by then.
 */
import { sql } from 'kysely';
import { newerOffers, type Pair } from '../../planning/newer-offers.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Build } from '../move.ts';
import { pairOf, withAdvisories } from './advised-offers.ts';
import { nominate } from './nominate.ts';
import { nominatePairs } from './nominate-pairs.ts';
import { streamOf } from './upgradable.ts';

export const nominateBrought = async (flow: Flow, build: Build): Promise<void> => {
  await nominatePairs(flow, await broughtPackages(flow, build));
  if (build.baseline === null) await nominateBases(flow, build);
};

/**
 * Packages that its layers add, with what is on offer of them. Where its baseline had another version, plans knew of it.
 * A rebuild that collects a nomination may be planned this moment, and not see this candidate; what none has collected
 * yet will be looked at.
 */
const broughtPackages = async (
  flow: Flow,
  { id, baseline, distro_release }: Build,
): Promise<readonly Pair[]> => {
  const { rows } = await sql<Pair>`
    with brought as (
      select distinct entry.arch as place, rpm.*
      from index_entry entry
      join manifest_rpm added on added.manifest = entry.manifest_digest and added.change = 'added'
      join rpm on rpm.id = added.rpm
      where entry.build = ${id} and entry.carried_from is null and not exists (
        select from build former
        join index_entry before on before.build = former.id and before.arch = entry.arch
        join manifest_rpm had on had.manifest = before.manifest_digest and had.change = 'added'
        join rpm old on old.id = had.rpm and old.source_name = rpm.source_name and old.name = rpm.name
        where former.nvr = ${baseline}
      )
    )
    select distinct ${pairOf('brought')}
    from brought
    join offer on offer.distro_release = ${distro_release} and offer.source_name = brought.source_name
      and offer.arch = brought.place and offer.name = brought.name and offer.rpm_arch = brought.arch
      and ${streamOf('offer.module')} = ${streamOf('brought.module')}
      and (offer.epoch, offer.version, offer.release) <> (brought.epoch, brought.version, brought.release)
    ${withAdvisories}
    where not exists (
      select from nomination_target as told
      where told.target in (offer.source_name, offer.module) and told.distro_release = offer.distro_release
        and told.closed_at is null and told.rebuild is null
    )`.execute(flow.tx);
  return newerOffers(rows);
};

/** A base that moved while the first image on it was built concerned nobody yet. */
const nominateBases = async (flow: Flow, { id, image, nvr }: Build): Promise<void> => {
  const { rows } = await sql<{ pullspec: string }>`
    select distinct image_base.pullspec
    from index_entry entry
    join manifest on manifest.digest = entry.manifest_digest
    join image on image.name = ${image} and image.to_revision is null
    join image_base on image_base.image = image.name and image_base.from_revision = image.from_revision
      and image_base.edge = 'layer'
    join external_base_arch as now on now.pullspec = image_base.pullspec and now.arch = entry.arch
    where entry.build = ${id} and manifest.parent_digest <> now.manifest_digest`.execute(flow.tx);
  const [first, ...rest] = rows.map(({ pullspec }) => pullspec);
  if (first === undefined) return;
  await nominate(flow, { kind: 'base', pullspecs: [first, ...rest], severity: 'none', reference: nvr });
};
