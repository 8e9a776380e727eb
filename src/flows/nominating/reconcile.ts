/**
 * What no message told is nominated as if one had: the planner's question, asked over all offers. What a rebuild has
 * looked at since it was there, or is going to look at, needs no further word, so a build that failed is not tried anew.
 */
import { sql } from 'kysely';
import { DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { newerOffers, type Pair } from '../../planning/newer-offers.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { lockNamed } from '../lock.ts';
import type { Settings } from '../settings.ts';
import { nominate } from './nominate.ts';
import { nominateOffered } from './nominate-offers.ts';
import { mayTake, upgradable } from './upgradable.ts';

export const reconcileTimer = 'reconcile';

/** What was found, by distro release: what is nominated, unless it is only to be told. */
export interface Overlooked {
  readonly distroRelease: DistroReleaseName;
  readonly sources: readonly string[];
  /** Never built, or of another source than their newest build. */
  readonly images: readonly ImageName[];
}

/** When the planner starts, and from then on in its interval. */
export const startReconciling = (flow: Flow): Promise<void> =>
  flow.timer({ kind: reconcileTimer, key: 'all', due: flow.now });

/** By its timer, which is set again. */
export const reconcileOnTime = async (flow: Flow, settings: Settings): Promise<void> => {
  const due = new Date(flow.now.getTime() + settings.reconcileInterval * 1000);
  await flow.timer({ kind: reconcileTimer, key: 'all', due });
  await reconcile(flow, false);
};

/** @param dryRun - true: nothing is nominated */
export const reconcile = async (flow: Flow, dryRun: boolean): Promise<readonly Overlooked[]> => {
  // Two at once would nominate everything twice.
  await lockNamed(flow, 'reconcile');
  const offers = await overlookedOffers(flow);
  const images = await overlookedImages(flow);
  const releases = [...new Set([...offers, ...images].map((each) => each.distroRelease))].sort();
  const overlooked = releases.map((distroRelease) => ({
    distroRelease: DistroReleaseName.parse(distroRelease),
    sources: namesOf(
      offers.filter((each) => each.distroRelease === distroRelease).map(({ source }) => source),
    ),
    images: namesOf(images.filter((each) => each.distroRelease === distroRelease).map(({ image }) => image)),
  }));
  if (!dryRun) {
    await nominateSources(flow, offers);
    for (const each of overlooked) await nominateImages(flow, each);
  }
  return overlooked;
};

const namesOf = <Name extends string>(names: readonly Name[]): readonly Name[] => [...new Set(names)].sort();

/** By what an advisory says of them, as when a look finds them. */
const nominateSources = async (flow: Flow, offers: readonly Pair[]): Promise<void> => {
  const groups = new Map<string, Pair[]>();
  for (const offer of offers) {
    const key = `${offer.distroRelease} ${offer.advisory ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), offer]);
  }
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = group;
    if (first === undefined) continue;
    const { advisory, severity } = first;
    const of = { distroRelease: DistroReleaseName.parse(first.distroRelease), advisory, severity };
    await nominateOffered(
      flow,
      of,
      group.map(({ source }) => source),
    );
  }
};

const nominateImages = async (flow: Flow, { distroRelease, images }: Overlooked): Promise<void> => {
  const [first, ...rest] = images;
  if (first === undefined) return;
  const common = { distroRelease, severity: 'none' as Severity, reference: 'definitions' };
  await nominate(flow, { kind: 'sources', ...common, images: [first, ...rest] });
};

/**
 * Bounded by the pairs of a package and an offer of it, however many images hold it. Versions are compared here: the
 * store does not know rpm's order.
 */
const overlookedOffers = async (flow: Flow): Promise<readonly Pair[]> => {
  const { rows } = await sql<Pair>`
    with installed as (
      select distinct held.distro_release, held.arch, rpm.name, rpm.arch as rpm_arch, rpm.epoch, rpm.version,
        rpm.release, rpm.source_name, ${streamOf('rpm.module')} as stream, held.policy
      from (${upgradable(sql`true`)}) as held join rpm on rpm.id = held.rpm
    )
    select distinct installed.distro_release as "distroRelease", installed.source_name as source,
      json_build_object('epoch', installed.epoch, 'version', installed.version, 'release', installed.release)::jsonb
        as installed,
      json_build_object('epoch', offer.epoch, 'version', offer.version, 'release', offer.release)::jsonb as offered,
      advisory.id as advisory, advisory.severity
    from installed
    join offer on offer.distro_release = installed.distro_release and offer.source_name = installed.source_name
      and offer.arch = installed.arch and offer.name = installed.name and offer.rpm_arch = installed.rpm_arch
      and ${streamOf('offer.module')} = installed.stream
      and (offer.epoch, offer.version, offer.release)
        <> (installed.epoch, installed.version, installed.release)
    left join advisory_rpm on advisory_rpm.distro_release = offer.distro_release
      and advisory_rpm.repository = offer.repository and advisory_rpm.arch = offer.arch
      and advisory_rpm.name = offer.name and advisory_rpm.epoch = offer.epoch
      and advisory_rpm.version = offer.version and advisory_rpm.release = offer.release
      and advisory_rpm.rpm_arch = offer.rpm_arch
    left join advisory on advisory.distro_release = offer.distro_release
      and advisory.repository = offer.repository and advisory.arch = offer.arch
      and advisory.id = advisory_rpm.advisory
    where ${mayTake('installed', sql.ref('advisory.severity'))} and not exists (
      select from nomination_target as told
      where told.target in (offer.source_name, offer.module) and told.distro_release = offer.distro_release
        and (told.closed_at is null or told.closed_at >= offer.since)
    )`.execute(flow.tx);
  return newerOffers(rows);
};

/** `name:stream` of a module's label; empty for what is in no module. */
const streamOf = (column: string) =>
  sql`array_to_string((string_to_array(${sql.ref(column)}, ':'))[1:2], ':')`;

/** Their newest build, whatever became of it, is of another source; or there is none. */
const overlookedImages = async (
  flow: Flow,
): Promise<readonly { distroRelease: string; image: ImageName }[]> => {
  const { rows } = await sql<{ distroRelease: string; image: string }>`
    select image.distro_release as "distroRelease", image.name as image
    from image
    join definitions_revision on definitions_revision.id = image.from_revision
    left join lateral (
      select tree_id, version from build where build.image = image.name order by build.id desc limit 1
    ) as newest on true
    where image.to_revision is null
      and (newest.tree_id, newest.version)
        is distinct from (image.definition->>'treeId', image.definition->>'version')
      and not exists (
        select from nomination_target as told
        where told.target = image.name and told.distro_release = image.distro_release
          and (told.closed_at is null or told.closed_at >= definitions_revision.loaded_at)
      )
    order by image.name`.execute(flow.tx);
  return inSlices(
    eachOf(rows, ({ distroRelease, image }) => ({ distroRelease, image: ImageName.parse(image) })),
  );
};
