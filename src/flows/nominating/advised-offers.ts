/** Offers beside what somebody has of them, with what advisories say. Parts of queries over the table `offer`. */
import { type RawBuilder, sql } from 'kysely';
import { evrAsJson } from './upgradable.ts';

/** Joins the advisories that list an offer, where one does. */
export const withAdvisories = sql`
  left join advisory_rpm on advisory_rpm.distro_release = offer.distro_release
    and advisory_rpm.repository = offer.repository and advisory_rpm.arch = offer.arch
    and advisory_rpm.name = offer.name and advisory_rpm.epoch = offer.epoch
    and advisory_rpm.version = offer.version and advisory_rpm.release = offer.release
    and advisory_rpm.rpm_arch = offer.rpm_arch
  left join advisory on advisory.distro_release = offer.distro_release
    and advisory.repository = offer.repository and advisory.arch = offer.arch
    and advisory.id = advisory_rpm.advisory`;

/**
 * The columns of a `Pair`.
 *
 * @param installed - the table with the version that somebody has
 */
export const pairOf = (installed: string): RawBuilder<unknown> => sql`
  offer.distro_release as "distroRelease", offer.source_name as source,
  ${evrAsJson(installed)} as installed, ${evrAsJson('offer')} as offered,
  advisory.id as advisory, advisory.type, advisory.severity`;
