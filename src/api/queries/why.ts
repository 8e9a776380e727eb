/** The walk back from a digest, an NVR or an image: build, arch builds, reasons, rebuilds, nominations, messages. */
import type { Kysely } from 'kysely';
import type { Arch } from '../../../schemas/ids.ts';
import type { Database } from '../../store/database.ts';
import type { Step, Why, WhyBuild, WhyCause } from '../wire/why.ts';
import { buildsById } from './builds.ts';
import { causesOf } from './causes.ts';
import { iso } from './time.ts';

const mostSteps = 500;
const mostCauses = 20;

/** What a subject names. `build` is null for an image that was never built. */
interface Found {
  readonly kind: Why['kind'];
  readonly image: string;
  readonly arch: Arch | null;
  readonly build: number | null;
}

const byDigest = async (db: Kysely<Database>, digest: string): Promise<Found | undefined> => {
  const index = await db
    .selectFrom('build')
    .select(['id', 'image'])
    .where('index_digest', '=', digest)
    .orderBy('id')
    .executeTakeFirst();
  if (index !== undefined) return { kind: 'index', image: index.image, arch: null, build: index.id };
  // The build that made it, not those that carried it forward: those come later.
  const made = await db
    .selectFrom('arch_build')
    .select(['build', 'image', 'arch'])
    .where('manifest_digest', '=', digest)
    .orderBy('id')
    .executeTakeFirst();
  if (made !== undefined) return { kind: 'manifest', image: made.image, arch: made.arch, build: made.build };
  const known = await db
    .selectFrom('manifest')
    .select(['image', 'arch'])
    .where('digest', '=', digest)
    .executeTakeFirst();
  return known === undefined ? undefined : { kind: 'manifest', ...known, build: null };
};

const byName = async (db: Kysely<Database>, name: string): Promise<Found | undefined> => {
  const named = await db
    .selectFrom('build')
    .select(['id', 'image'])
    .where('nvr', '=', name)
    .executeTakeFirst();
  if (named !== undefined) return { kind: 'build', image: named.image, arch: null, build: named.id };
  const builds = db.selectFrom('build').select('id').where('image', '=', name).orderBy('id', 'desc');
  const newest =
    (await builds.where('state', '=', 'released').executeTakeFirst()) ?? (await builds.executeTakeFirst());
  if (newest !== undefined) return { kind: 'image', image: name, arch: null, build: newest.id };
  const defined = await db
    .selectFrom('image')
    .select('name')
    .where('name', '=', name)
    .where('to_revision', 'is', null)
    .executeTakeFirst();
  return defined === undefined ? undefined : { kind: 'image', image: name, arch: null, build: null };
};

const stepsOf = async (db: Kysely<Database>, build: number): Promise<Step[]> => {
  const rows = await db
    .selectFrom('transition')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb.and([eb('kind', 'in', ['build', 'tag']), eb('entity', '=', build)]),
        eb.and([
          eb('kind', '=', 'archBuild'),
          eb('entity', 'in', eb.selectFrom('arch_build').select('arch_build.id').where('build', '=', build)),
        ]),
      ]),
    )
    .orderBy('id')
    .limit(mostSteps)
    .execute();
  return rows.map((row) => ({
    at: iso(row.at),
    kind: row.kind,
    subject: row.subject,
    from: row.from_state,
    to: row.to_state,
    refused: row.refused,
    reason: row.reason,
    messageId: row.message_id,
  }));
};

const rebuildsOf = async (db: Kysely<Database>, build: number): Promise<WhyCause[]> => {
  const rebuilds = await db
    .selectFrom('build_cause')
    .innerJoin('rebuild', 'rebuild.id', 'build_cause.rebuild')
    .select(['rebuild.id', 'rebuild.reference'])
    .where('build_cause.build', '=', build)
    .orderBy('rebuild.id')
    .limit(mostCauses)
    .execute();
  const causes: WhyCause[] = [];
  for (const { id, reference } of rebuilds) {
    causes.push({ rebuild: id, reference, nominations: await causesOf(db, id) });
  }
  return causes;
};

const decisionOf = async (db: Kysely<Database>, build: number): Promise<WhyBuild['decision']> => {
  const row = await db
    .selectFrom('decision')
    .select(['state', 'summary', 'at'])
    .where('build', '=', build)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { state: row.state, summary: row.summary, at: iso(row.at) };
};

const whyBuild = async (db: Kysely<Database>, id: number): Promise<WhyBuild | null> => {
  const [build] = await buildsById(db, [id]);
  if (build === undefined) return null;
  const index = await db
    .selectFrom('index_entry')
    .select(['arch', 'manifest_digest as manifestDigest', 'carried_from as carriedFrom'])
    .where('build', '=', id)
    .orderBy('arch')
    .execute();
  return {
    ...build,
    index,
    causes: await rebuildsOf(db, id),
    decision: await decisionOf(db, id),
    steps: await stepsOf(db, id),
  };
};

/** Rebuilds after the build's own, in which the image was left alone. */
const leftAloneSince = (
  db: Kysely<Database>,
  image: string,
  build: number | null,
): Promise<Why['leftAlone']> =>
  db
    .selectFrom('left_alone')
    .innerJoin('rebuild', 'rebuild.id', 'left_alone.rebuild')
    .select([
      'left_alone.image',
      'left_alone.arch',
      'left_alone.text as reason',
      'rebuild.id as rebuild',
      'rebuild.reference',
    ])
    .where('left_alone.image', '=', image)
    .$if(build !== null, (query) =>
      query.where('left_alone.rebuild', '>=', (eb) =>
        eb
          .selectFrom('build_cause')
          .select(({ fn, lit }) => fn.coalesce(fn.min('build_cause.rebuild'), lit(0)).as('first'))
          .where('build_cause.build', '=', build ?? 0),
      ),
    )
    .orderBy('left_alone.rebuild', 'desc')
    .orderBy('left_alone.arch')
    .limit(20)
    .execute();

/**
 * Undefined where nothing has this name.
 *
 * @param subject - an index or manifest digest, an NVR, or an image's name (its newest release, else its newest build)
 */
export const why = async (db: Kysely<Database>, subject: string): Promise<Why | undefined> => {
  const found = subject.startsWith('sha256:') ? await byDigest(db, subject) : await byName(db, subject);
  if (found === undefined) return undefined;
  return {
    subject,
    kind: found.kind,
    arch: found.arch,
    image: found.image,
    build: found.build === null ? null : await whyBuild(db, found.build),
    leftAlone: await leftAloneSince(db, found.image, found.build),
  };
};
