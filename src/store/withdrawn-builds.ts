/** Withdrawn builds of source packages in SQL: how they are named, and what holds their packages. */
import { type RawBuilder, sql } from 'kysely';

/** `[epoch:]version-release` without its epoch, which messages do not tell. */
export const buildOf = (sourceEvr: string): RawBuilder<string> =>
  sql<string>`regexp_replace(${sql.ref(sourceEvr)}, '^[0-9]+:', '')`;

/**
 * What holds the RPMs of `gone`, by id, wherever from: found upwards from the layers that added them, among what is
 * current and what that stands on.
 */
export const holding = sql`holding(manifest, rpm, own) as (
  select in_use.manifest, gone.id, true
  from gone
  join manifest_rpm on manifest_rpm.rpm = gone.id and manifest_rpm.change = 'added'
  join in_use on in_use.manifest = manifest_rpm.manifest
  union
  select child.manifest, holding.rpm, false
  from holding join in_use child on child.parent = holding.manifest
  where not exists (
    select from manifest_rpm said where said.manifest = child.manifest and said.rpm = holding.rpm
  )
)`;

/** Whether a nomination younger than that of `named` has its name, version and release as available. */
export const namedAgain = sql<boolean>`exists (
  select from nomination_target told
  join nomination later on later.id = told.nomination and later.kind = 'packages'
  where told.nomination > named.nomination and told.distro_release = named.distro_release
    and told.target = named.name
    and later.body -> 'sources' @> jsonb_build_array(
      jsonb_build_object('name', named.name, 'version', named.version, 'release', named.release))
)`;

/** Whether repositories of its distro release list anything of `named`. */
export const isListed = sql<boolean>`exists (
  select from offer
  where offer.distro_release = named.distro_release and offer.source_name = named.name
    and ${buildOf('offer.source_evr')} = named.version || '-' || named.release
)`;

/** Whether a build is under way in the distro release of `named` that was begun before that was named. */
const mayBeBuiltIn = sql<boolean>`exists (
  select from build
  where build.distro_release = named.distro_release and build.state in ('planned', 'building')
    and build.created_at < named.at
)`;

const isHeld = sql<boolean>`exists (
  with recursive gone as (
    select rpm.id from rpm
    where rpm.source_name = named.name and ${buildOf('rpm.source_evr')} = named.version || '-' || named.release
  ), ${holding}
  select from holding
  join current on current.manifest = holding.manifest
  join image on image.name = current.image and image.to_revision is null
  where image.distro_release = named.distro_release
)`;

/** A condition on rows of `withdrawal`: no image holds anything of it, nor can one come to. */
export const noLongerMatters = sql<boolean>`exists (
  select from (select withdrawal.*, withdrawal.source as name) as named
  where ${namedAgain} or not (${mayBeBuiltIn} or ${isListed} or ${isHeld})
)`;
