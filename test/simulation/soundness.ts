/** What must hold of the store and of what was said once nothing is left to do, whatever happened before. */
import { expect } from '@jest/globals';
import { sql } from 'kysely';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { Arch } from '../../schemas/ids.ts';
import { contentOf } from '../../src/flows/contents/content-of.ts';
import { releaseRepository } from '../../src/flows/registry-paths.ts';
import type { World } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

/** Each holds nothing when all is well. */
const leftovers: Readonly<Record<string, string>> = {
  'dead letters': 'select consumer, reason, topic from dead_letter',
  'messages put off': 'select consumer, error, topic from deferred',
  'messages unsent': 'select routing_key, last_error from outbox where published_at is null',
  'jobs that failed': `select kind, key, state, last_error from job where state in ('running', 'dead') or last_error is not null`,
  'refused transitions': 'select subject, from_state, to_state, reason from transition where refused',
  'rebuilds under way': `select id, state, waiting from rebuild where state not in ('finished', 'cancelled')`,
  'builds under way': 'select nvr, state, waiting from build where ended_at is null',
  'arch builds under way': `select build, image, arch, state, waiting from arch_build
    where state in ('blocked', 'ready', 'requested', 'running', 'held')`,
  'runs under way': `select id, arch, worker, state from run where state in ('requested', 'running')`,
  'smoke tests under way': `select build, arch, state from smoke_test where state in ('queued', 'requested', 'running')`,
  'open targets': 'select target, rebuild from nomination_target where closed_at is null',
  'open follow-ups': 'select image, arch, build from follow_up where closed_at is null',
  'manifests not known to be in use, or wrongly': `with recursive stood_on(digest) as (
      select manifest from current union
      select manifest.parent_digest from stood_on join manifest using (digest) where parent_digest is not null
    ) (select 'lacking' as what, digest from (select * from stood_on except select manifest from in_use) as lacking)
    union all (select 'unused', manifest from (select manifest from in_use except select * from stood_on) as unused)`,
  'candidates of an image that are with CI at once': `with turn as (
      select build.image, build.nvr, begun.id as begun, (
        select min(done.id) from transition done where done.kind = 'build' and done.entity = build.id
          and done.id > begun.id and done.to_state not in ('candidate', 'testing') and not done.refused
      ) as done
      from build join transition begun
        on begun.kind = 'build' and begun.entity = build.id and begun.to_state = 'candidate' and not begun.refused
    ) select one.nvr, other.nvr as beside from turn one join turn other on other.image = one.image
      and other.begun > one.begun and (one.done is null or one.done > other.begun)`,
  'releases without a satisfied decision on their very index': `select build.nvr, said.state, said.inputs ->> 'indexDigest' as on
    from build join transition begun
      on begun.kind = 'build' and begun.entity = build.id and begun.to_state = 'releasing' and not begun.refused
    left join lateral (
      select state, inputs from decision where decision.build = build.id and decision.at <= begun.at order by id desc limit 1
    ) said on true
    where said.state is distinct from 'satisfied' or said.inputs ->> 'indexDigest' is distinct from build.index_digest`,
  'builds of an image that overlap': `select image from build where state in ('planned', 'building') group by image having count(*) > 1`,
};

export const expectSound = async (world: World): Promise<void> => {
  const { db } = world.environment.store;
  const found: Record<string, readonly Row[]> = {};
  for (const [name, query] of Object.entries(leftovers)) {
    const { rows } = await sql<Row>`${sql.raw(query)}`.execute(db);
    if (rows.length > 0) found[name] = rows;
  }
  expect(found).toEqual({});
  await expectSaidOnce(world);
  await expectParentsFirst(world);
  await expectCurrent(world);
  await expectTags(world);
  await expectIntroducedOnce(world);
};

/** Under one message id each, however often it was sent, and nothing that did not happen. */
const expectSaidOnce = async (world: World): Promise<void> => {
  const { db } = world.environment.store;
  const released = await db.selectFrom('build').select('nvr').where('state', '=', 'released').execute();
  expect(said(world, 'flibs.image.released', 'nvr')).toEqual(released.map(({ nvr }) => nvr).sort());
  const finished = await db.selectFrom('rebuild').select('id').where('state', '=', 'finished').execute();
  expect(said(world, 'flibs.rebuild.finished', 'rebuild')).toEqual(
    finished.map(({ id }) => String(id)).sort(),
  );
};

const said = (world: World, topic: string, key: string): readonly string[] => {
  const byId = new Map(
    world.published
      .filter(({ routingKey }) => routingKey === `${world.settings.topicPrefix}.${topic}`)
      .map(({ messageId, body }) => [messageId, String(JSON.parse(body.toString('utf8'))[key])]),
  );
  return [...byId.values()].sort();
};

const expectParentsFirst = async ({ environment: { store } }: World): Promise<void> => {
  const { rows } = await sql<Row>`
    select child.nvr, parent.nvr as parent, parent.state
    from build child join build parent on parent.id = child.parent_build
    join transition as later on later.kind = 'build' and later.entity = child.id and later.to_state = 'released'
    left join transition as earlier on earlier.kind = 'build' and earlier.entity = parent.id
      and earlier.to_state in ('released', 'unchanged')
    where earlier.id is null or earlier.id > later.id`.execute(store.db);
  expect(rows).toEqual([]);
};

/** What plans are made against is the newest release, now that nothing is undecided. */
const expectCurrent = async ({ environment: { store } }: World): Promise<void> => {
  const { rows } = await sql<Row>`
    with newest as (
      select distinct on (image) id, image, nvr from build where state = 'released' order by image, id desc
    ), wanted as (
      select newest.image, entry.arch, entry.manifest_digest as manifest, newest.nvr
      from newest join index_entry entry on entry.build = newest.id
    )
    select 'not current' as what, image, arch, nvr from (select * from wanted except select * from current) as lacking
    union all
    select 'current', image, arch, nvr from (select * from current except select * from wanted) as unwanted`.execute(
    store.db,
  );
  expect(rows).toEqual([]);
};

/** Wanted and verified: what the registry has, and the newest release. */
const expectTags = async (world: World): Promise<void> => {
  const { rows } = await sql<{ image: string; name: string; index_digest: string; repository: string }>`
    with newest as (
      select distinct on (image) image, index_digest from build where state = 'released' order by image, id desc
    ) select newest.image, newest.index_digest, name from newest cross join (values ('latest'), ('40')) as tags(name)`.execute(
    world.environment.store.db,
  );
  const wanted = await world.environment.store.db
    .selectFrom('tag')
    .select(['repository', 'name', 'desired', 'verified_at'])
    .execute();
  for (const row of rows) {
    const repository = releaseRepository(world.settings, row.image);
    const tag = wanted.find((each) => each.repository === repository && each.name === row.name);
    expect({ ...row, desired: tag?.desired }).toEqual({ ...row, desired: row.index_digest });
    expect(world.registry.tagsOf(repository)[row.name]).toBe(row.index_digest);
  }
  expect(wanted.filter(({ verified_at }) => verified_at === null)).toEqual([]);
};

/** A layer adds only what its parent has not: that is how the owner of a fix is found. */
const expectIntroducedOnce = async ({ environment: { store } }: World): Promise<void> => {
  const twice = await store.transaction(async (tx) => {
    const layers = await tx
      .selectFrom('current')
      .innerJoin('manifest', 'manifest.digest', 'current.manifest')
      .select(['current.nvr', 'current.arch', 'manifest.digest', 'manifest.parent_digest'])
      .execute();
    const found: string[] = [];
    for (const { nvr, arch, digest, parent_digest } of layers) {
      if (parent_digest === null) continue;
      const below = new Set((await contentOf(tx, parent_digest)).map(nameOf));
      const added = await tx
        .selectFrom('manifest_rpm')
        .innerJoin('rpm', 'rpm.id', 'manifest_rpm.rpm')
        .select(['rpm.name', 'rpm.version'])
        .where('manifest', '=', digest)
        .where('change', '=', 'added')
        .execute();
      found.push(
        ...added
          .map(nameOf)
          .filter((name) => below.has(name))
          .map((name) => `${name} in ${nvr}.${arch}`),
      );
    }
    return found;
  });
  expect(twice).toEqual([]);
};

const nameOf = ({ name, version }: { name: string; version: string }): string => `${name}-${version}`;

/** Everything in the place of the newest release: package -> version, by image and arch. */
export type Contents = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the store says is in the newest releases. */
export const contents = async ({ environment: { store } }: World): Promise<Contents> => {
  const entries = await store.db.selectFrom('current').selectAll().orderBy('image').orderBy('arch').execute();
  const found: Record<string, Readonly<Record<string, string>>> = {};
  await store.transaction(async (tx) => {
    for (const { image, arch, manifest } of entries) {
      const rpms = await contentOf(tx, manifest);
      found[`${image}.${arch}`] = Object.fromEntries(rpms.map((rpm) => [rpm.name, rpm.version]));
    }
  });
  return found;
};

/** What ought to be in them: each layer's packages as new as the repositories have them, on the parent's. */
export const wantedContents = (
  images: readonly ImageDefinition[],
  { repositories, bases }: Pick<World, 'repositories' | 'bases'>,
): Contents => {
  const byName = new Map(images.map((image) => [image.name, image]));
  const contentOn = (image: ImageDefinition, arch: Arch): Readonly<Record<string, string>> => {
    const [parent] = image.parents;
    const below = parent?.kind === 'image' ? byName.get(parent.image) : undefined;
    const foreign = parent?.kind === 'external' ? bases.versions(parent.pullspec, arch) : {};
    const own = image.recipe.kind === 'packages' ? image.recipe.packages : [];
    return {
      ...(below === undefined ? foreign : contentOn(below, arch)),
      ...Object.fromEntries(own.map((name) => [name, repositories.newest(name, arch).version])),
    };
  };
  return Object.fromEntries(
    images.flatMap((image) => image.arches.map((arch) => [`${image.name}.${arch}`, contentOn(image, arch)])),
  );
};
