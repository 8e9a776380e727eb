/** One image: per arch what is current, what it adds, and why the last rebuild left it alone. */
import { type Kysely, sql } from 'kysely';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Arch } from '../../../schemas/ids.ts';
import type { Database } from '../../store/database.ts';
import type { ImageArch, ImageDetail } from '../wire/image.ts';
import { buildBrief, imageBrief, releaseRepository } from './images.ts';
import { iso } from './time.ts';

const mostAdded = 200;
const builtLast = 10;

interface Added {
  readonly names: string[];
  readonly count: number;
}

const addedTo = async (db: Kysely<Database>, manifest: string): Promise<Added> => {
  const rows = await db
    .selectFrom('manifest_rpm')
    .innerJoin('rpm', 'rpm.id', 'manifest_rpm.rpm')
    .select(['rpm.name', 'rpm.epoch', 'rpm.version', 'rpm.release', 'rpm.arch'])
    .select((eb) => eb.fn.countAll<number>().over().as('count'))
    .where('manifest_rpm.manifest', '=', manifest)
    .where('manifest_rpm.change', '=', 'added')
    .orderBy('rpm.name')
    .orderBy('rpm.id')
    .limit(mostAdded)
    .execute();
  const nevra = (row: (typeof rows)[number]): string =>
    `${row.name}-${row.epoch === 0 ? '' : `${row.epoch}:`}${row.version}-${row.release}.${row.arch}`;
  return { names: rows.map(nevra), count: rows[0]?.count ?? 0 };
};

/** RPMs in the manifest: of all its layers, the nearest that speaks of one decides. */
const countRpms = async (db: Kysely<Database>, manifest: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    with recursive layers(digest, depth) as (
      select ${manifest}::text, 0
      union all
      select manifest.parent_digest, layers.depth + 1
      from layers join manifest on manifest.digest = layers.digest
      where manifest.parent_digest is not null
    ), said as (
      select distinct on (manifest_rpm.rpm) manifest_rpm.change
      from layers join manifest_rpm on manifest_rpm.manifest = layers.digest
      order by manifest_rpm.rpm, layers.depth
    )
    select count(*) as count from said where change = 'added'`.execute(db);
  return rows[0]?.count ?? 0;
};

/** From the newest rebuild that said anything of the image, of this arch or of all. */
const leftAlone = async (
  db: Kysely<Database>,
  image: string,
  arch: Arch,
): Promise<ImageArch['leftAlone']> => {
  const row = await db
    .selectFrom('left_alone')
    .select(['rebuild', 'text'])
    .where('image', '=', image)
    .where((eb) => eb.or([eb('arch', '=', arch), eb('arch', 'is', null)]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('build_cause')
            .innerJoin('build', 'build.id', 'build_cause.build')
            .innerJoin('arch_build', 'arch_build.build', 'build.id')
            .select('build.id')
            .where('build.image', '=', image)
            .where('arch_build.arch', '=', arch)
            .whereRef('build_cause.rebuild', '>', 'left_alone.rebuild'),
        ),
      ),
    )
    .orderBy('rebuild', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { rebuild: row.rebuild, reason: row.text };
};

const staleSince = async (db: Kysely<Database>, image: string, arch: Arch): Promise<ImageArch['stale']> => {
  const row = await db
    .selectFrom('stale_arch')
    .select(['since', 'stale'])
    .where('image', '=', image)
    .where('arch', '=', arch)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { since: iso(row.since), error: row.stale.error, lacks: [...row.stale.lacks] };
};

const archDetail = async (db: Kysely<Database>, image: string, arch: Arch): Promise<ImageArch> => {
  const current = await db
    .selectFrom('current')
    .leftJoin('manifest', 'manifest.digest', 'current.manifest')
    .select(['current.manifest', 'current.nvr', 'manifest.content_id'])
    .where('current.image', '=', image)
    .where('current.arch', '=', arch)
    .executeTakeFirst();
  const added = current === undefined ? { names: [], count: 0 } : await addedTo(db, current.manifest);
  return {
    arch,
    manifestDigest: current?.manifest ?? null,
    nvr: current?.nvr ?? null,
    contentId: current?.content_id ?? null,
    rpmCount: current?.content_id == null ? null : await countRpms(db, current.manifest),
    added: added.names,
    addedCount: added.count,
    stale: await staleSince(db, image, arch),
    leftAlone: await leftAlone(db, image, arch),
  };
};

/** Of an image that never was in force, too. */
export const problemsOf = async (db: Kysely<Database>, image: string): Promise<string[]> => {
  const rows = await db.selectFrom('definition_problem').selectAll().where('folder', '=', image).execute();
  return rows.flatMap((row) => row.problems);
};

const tagsOf = async (db: Kysely<Database>, definition: ImageDefinition): Promise<ImageDetail['tags']> => {
  const rows = await db
    .selectFrom('tag')
    .innerJoin('build', 'build.nvr', 'tag.nvr')
    .select(['tag.repository', 'tag.name', 'tag.nvr', 'tag.desired'])
    .where('build.image', '=', definition.name)
    .orderBy('tag.repository')
    .orderBy('tag.name')
    .limit(200)
    .execute();
  return rows.map(({ desired, ...row }) => ({ ...row, digest: desired }));
};

/** Undefined where the definitions in force have no such image. */
export const imageDetail = async (db: Kysely<Database>, name: string): Promise<ImageDetail | undefined> => {
  const image = await db
    .selectFrom('image')
    .selectAll()
    .where('name', '=', name)
    .where('to_revision', 'is', null)
    .executeTakeFirst();
  if (image === undefined) return undefined;
  const newest = db.selectFrom('build').selectAll().where('image', '=', name).orderBy('id', 'desc');
  const builds = await newest.limit(builtLast).execute();
  const released = await newest
    .select(releaseRepository)
    .where('state', '=', 'released')
    .limit(1)
    .executeTakeFirst();
  const perArch: ImageArch[] = [];
  for (const arch of image.definition.arches) perArch.push(await archDetail(db, name, arch));
  return {
    ...imageBrief(image, released, builds[0], await problemsOf(db, name)),
    owners: image.definition.owners,
    gating: image.definition.gating.map((rule) => rule.testCase),
    perArch,
    tags: await tagsOf(db, image.definition),
    builds: builds.map(buildBrief),
  };
};
