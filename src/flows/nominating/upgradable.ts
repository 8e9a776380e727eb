/** What images have and could have newer: what they introduce, have from older builds of ours, or may upgrade of a base that is not ours. */
import { type RawBuilder, sql } from 'kysely';
import { fromBases } from '../contents/from-bases.ts';
import { noneIn } from '../contents/none-in.ts';

/**
 * A query: `distro_release`, `arch` and the id of an `rpm`. `policy` is null for what an image introduces;
 * what it inherits from an external base is for updates under that policy only.
 *
 * @param which - a condition on the tables `image` and `rpm`
 */
export const upgradable = (which: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select image.distro_release, current.arch, rpm.id as rpm, null::text as policy
  from rpm
  join manifest_rpm on manifest_rpm.rpm = rpm.id and manifest_rpm.change = 'added'
  join current on current.manifest = manifest_rpm.manifest
  join image on image.name = current.image and image.to_revision is null
  where ${which}
  union all
  select image.distro_release, current.arch, rpm.id as rpm, ${policy} as policy
  ${fromBases(sql`${which} and ${policy} <> 'never'`)}
  union all
  select image.distro_release, older.arch, rpm.id as rpm, null::text as policy
  ${inOlderBuilds(which)}`;

/** In builds that are current no more, of which something that stands on them is: it is in use. */
const inOlderBuilds = (which: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  from rpm
  join manifest_rpm on manifest_rpm.rpm = rpm.id and manifest_rpm.change = 'added'
  join in_use on in_use.manifest = manifest_rpm.manifest
  join manifest as older on older.digest = in_use.manifest
  join image on image.name = older.image and image.to_revision is null
  where ${which} and ${noneIn(sql`current where current.manifest = in_use.manifest`)}`;

/** As `upgradePolicyOf` has it. */
const policy = sql`coalesce(image.definition ->> 'upgradeInherited',
  case image.definition #>> '{recipe,kind}' when 'packages' then 'security' else 'never' end)`;

/** Whether two labels of modules, empty for none, are of one stream. */
export const sameStream = (one: string, other: string): RawBuilder<unknown> =>
  sql`${streamOf(one)} = ${streamOf(other)}`;

/** `name:stream` of a module's label; empty for what is in no module. */
export const streamOf = (column: string): RawBuilder<unknown> =>
  sql`array_to_string((string_to_array(${sql.ref(column)}, ':'))[1:2], ':')`;

/** Epoch, version and release of a row, as JSON. */
export const evrAsJson = (table: string): RawBuilder<unknown> =>
  sql`json_build_object('epoch', ${sql.ref(`${table}.epoch`)}, 'version', ${sql.ref(`${table}.version`)},
    'release', ${sql.ref(`${table}.release`)})::jsonb`;

/** A condition on a row of `upgradable`, called so, and its advisory's severity: whether the update may be taken. */
export const mayTake = (row: string, severity: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${sql.ref(`${row}.policy`)} is distinct from 'security' or coalesce(${severity}, 'none') <> 'none')`;
