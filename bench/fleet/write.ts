/** Writes the made-up fleet into a store that is empty: everything released once, each layer as what it adds. */
import { sql, type Transaction } from 'kysely';
import type { Store } from '../../src/store/connect.ts';
import type { Database } from '../../src/store/database.ts';
import { insertRows } from '../../src/store/insert-rows.ts';
import { definitionOf, release } from './definitions.ts';
import { type FleetImage, fleetOf, packageCount, type Size, tenImages, wholeBase } from './shape.ts';

type Tx = Transaction<Database>;

/** As the store is after a long time: with what was built, its history, and fresh statistics. */
export const writeFleet = async (store: Store, size: Size): Promise<void> => {
  const images = fleetOf(size);
  await store.transaction(async (tx) => {
    // Of a superuser: the rows are right, and need no look at each other.
    await sql`set local session_replication_role = replica`.execute(tx);
    await writeDefinitions(tx, images);
    await writeRpms(tx);
    await writeContents(tx, images);
    await writeBuilds(tx, images);
    await writeOffers(tx);
  }, 'bench');
  await sql`vacuum analyze`.execute(store.db);
};

const writeDefinitions = async (tx: Tx, images: readonly FleetImage[]): Promise<void> => {
  await sql`insert into definitions_revision (fingerprint, loaded_at) values ('made up', now())`.execute(tx);
  const common = { from_revision: 1, to_revision: null };
  await insertRows(tx, 'distro_release', [{ ...common, name: release.name, definition: release }]);
  await insertRows(
    tx,
    'image',
    images.map((image) => ({
      ...common,
      name: image.name,
      distro_release: release.name,
      definition: definitionOf(image),
    })),
  );
  await insertRows(
    tx,
    'image_parent',
    images.flatMap(({ name, parent }) =>
      parent === undefined ? [] : [{ image: name, from_revision: 1, parent, edge: 'layer' as const }],
    ),
  );
};

/** A package is the same on each arch, but for its name's arch; its id tells both. */
const writeRpms = async (tx: Tx): Promise<void> => {
  await sql`
    insert into rpm (id, name, epoch, version, release, arch, source_name, source_evr) overriding system value
    select number * 8 + place, 'pkg-' || number, 0, '1.0', '1.fc40', arch,
      case number when ${wholeBase.package}::int then ${wholeBase.source}
        when ${tenImages.package}::int then ${tenImages.source} else 'src-' || number / 2 end,
      '1.0-1.fc40'
    from generate_series(0, ${packageCount - 1}::int) as number,
      unnest(${[...release.arches]}::text[]) with ordinality as arches(arch, place)`.execute(tx);
};

const writeContents = async (tx: Tx, images: readonly FleetImage[]): Promise<void> => {
  await sql`
    create function pg_temp.digest(text) returns text language sql immutable
      return 'sha256:' || encode(sha256(convert_to($1, 'UTF8')), 'hex')`.execute(tx);
  await sql`
    create temporary table layer on commit drop as
    select given.image, arch, place, packages,
      pg_temp.digest(given.image || ' ' || arch) as digest,
      case when parent is not null then pg_temp.digest(parent || ' ' || arch) end as parent_digest
    from json_to_recordset(${JSON.stringify(layersOf(images))}::json)
        as given(image text, parent text, packages int[]),
      unnest(${[...release.arches]}::text[]) with ordinality as arches(arch, place)`.execute(tx);
  await sql`
    insert into manifest (digest, parent_digest, image, arch, content_id, content_list, recorded_at)
    select digest, parent_digest, image, arch, pg_temp.digest(digest), pg_temp.digest('list ' || digest), now()
    from layer order by layer.digest`.execute(tx);
  await sql`
    insert into manifest_rpm (manifest, rpm, change)
    select digest, number * 8 + place, 'added' from layer, unnest(packages) as number
    order by layer.digest`.execute(tx);
  await sql`
    insert into current (image, arch, manifest, nvr)
    select image, arch, digest, image || '-40-1' from layer`.execute(tx);
  // As its trigger would, which does not act for a replica.
  await sql`select take_into_use(array(select manifest from current))`.execute(tx);
};

const layersOf = (images: readonly FleetImage[]) =>
  images.map(({ name, parent, packages }) => ({ image: name, parent: parent ?? null, packages }));

/** Each released once, by a rebuild of all. */
const writeBuilds = async (tx: Tx, images: readonly FleetImage[]): Promise<void> => {
  await sql`
    insert into rebuild (distro_release, state, revision, severity, reference, opened_at, last_nominated_at,
      close_at, planned_at, finished_at)
    values (${release.name}, 'finished', 1, 'none', 'the first', now(), now(), now(), now(), now())`.execute(
    tx,
  );
  const numbers = JSON.stringify(images.map(({ name }, at) => ({ image: name, number: at + 1 })));
  await sql`
    insert into build (nvr, image, component, version, release_number, distro_release, revision, tree_id, definition,
      severity, by_hand, state, created_at, updated_at, candidate_at, ended_at, index_digest)
    select name || '-40-1', name, name, '40', 1, image.distro_release, 1, image.definition->>'treeId', image.definition,
      'none', false, 'released', now(), now(), now(), now(), pg_temp.digest('index ' || name)
    from image join json_to_recordset(${numbers}::json) as given(image text, number int) on given.image = image.name
    order by number`.execute(tx);
  await sql`insert into release_number select image, '40', 1 from build`.execute(tx);
  await sql`insert into build_cause select id, 1 from build`.execute(tx);
  await sql`
    insert into arch_build (build, image, arch, state, reasons, proofs, manifest_digest, ended_at)
    select build.id, layer.image, layer.arch, 'succeeded', '[{"kind": "never-built", "references": []}]', '[]',
      layer.digest, now()
    from layer join build on build.image = layer.image order by build.id, layer.place`.execute(tx);
  await sql`
    insert into index_entry (build, arch, manifest_digest)
    select build, arch, manifest_digest from arch_build`.execute(tx);
  await writeHistory(tx);
};

const writeHistory = async (tx: Tx): Promise<void> => {
  for (const state of ['planned', 'building', 'candidate', 'releasing', 'released'])
    await sql`
      insert into transition (kind, entity, subject, to_state, reason, message_id, at)
      select 'build', id, nvr, ${state}, 'the first rebuild', 'made up', now() from build`.execute(tx);
  for (const state of ['ready', 'requested', 'running', 'succeeded'])
    await sql`
      insert into transition (kind, entity, subject, to_state, reason, message_id, at)
      select 'archBuild', id, image || '.' || arch, ${state}, 'the first rebuild', 'made up', now()
      from arch_build`.execute(tx);
};

/** What is installed is on offer; of the two sources in question, something newer as well. */
const writeOffers = async (tx: Tx): Promise<void> => {
  for (const version of ['1.0', '2.0'])
    await sql`
      insert into offer (distro_release, repository, arch, name, epoch, version, release, rpm_arch, source_name,
        source_evr, since)
      select ${release.name}, 'updates', arch, name, epoch, ${version}, release, arch, source_name,
        ${version} || '-1.fc40', now()
      from rpm where ${version} = '1.0' or source_name = any(${[wholeBase.source, tenImages.source]}::text[])`.execute(
      tx,
    );
  await sql`
    insert into repository_state (distro_release, repository, arch, checked_at, changed_at)
    select ${release.name}, 'updates', arch, now() + interval '10 years', now()
    from unnest(${[...release.arches]}::text[]) as arches(arch)`.execute(tx);
};
