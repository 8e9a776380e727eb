/** Migrations: safe to run from many processes, refused where the store is a newer one's. */

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';
import { type Migration, readMigrations } from '../../src/store/migration-files.ts';
import { anEmptyDatabase } from '../servers/database.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const schema = 'flibs_migrated';
const anEmptyStore = async () => {
  const database = await anEmptyDatabase();
  endings.push(() => database.drop());
  return () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    endings.push(() => pool.end());
    return pool;
  };
};
const aMigration = (number: number, sql: string, breaking = false): Migration => ({
  number,
  name: `${String(number).padStart(4, '0')}.sql`,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
  breaking,
});
const one = aMigration(1, 'create table one (id integer)');
const two = aMigration(2, 'create table two (id integer)');

test("all of the project's own are applied to an empty store, once", async () => {
  const pool = (await anEmptyStore())();
  const known = (await readMigrations()).map((migration) => migration.number);
  expect(await migrate(pool, { schema })).toEqual(known);
  expect(await migrate(pool, { schema })).toEqual([]);
  const { rows } = await pool.query(`select count(*)::int as tables from pg_tables where schemaname = $1`, [
    schema,
  ]);
  expect(rows[0].tables).toBeGreaterThan(8);
});

/** One row, with what it points at, in every table that later migrations change. */
const rowsOfTheFirstSchema = `
  insert into definitions_revision (fingerprint, loaded_at) values ('f', now());
  insert into image (name, from_revision, distro_release, definition) values ('app', 1, 'F40',
    '{"parents": [{"kind": "external", "pullspec": "r.test/base:40", "edge": "layer"}]}');
  insert into manifest values ('sha256:m', null, 'app', 'x86_64', 'sha256:c', 'sha256:l', now());
  insert into rebuild (distro_release, state, severity, reference, opened_at, last_nominated_at, close_at)
    values ('F40', 'building', 'none', 'update 1', now(), now(), now());
  insert into build (nvr, image, component, version, release_number, distro_release, revision, tree_id, definition,
      severity, by_hand, state, created_at, updated_at)
    values ('app-1-1', 'app', 'app', '1', 1, 'F40', 1, 't', '{}', 'none', false, 'building', now(), now());
  insert into build_cause values (1, 1);
  insert into arch_build (build, image, arch, state, reasons, proofs, ready_at)
    values (1, 'app', 'x86_64', 'ready', '[{"kind": "package"}]', '[]', now());
  insert into smoke_test (build, arch, manifest_digest, test_case, state, queued_at)
    values (1, 'x86_64', 'sha256:m', 'smoke', 'queued', now());
  insert into result (build, test_case, outcome, arch, digest, run_key, origin, message_id, received_at)
    values (1, 'smoke', 'PASSED', 'x86_64', 'sha256:m', 'run 1', 'facts', 'm', now());
  insert into tag (repository, name, desired, nvr, seq, verified_at)
    values ('app', 'latest', 'sha256:i', 'app-1-1', 1, now());`;

test('a store of the first schema is brought to the newest with what is in it', async () => {
  const pool = (await anEmptyStore())();
  const all = await readMigrations();
  await migrate(pool, { schema, migrations: all.slice(0, 2) });
  await pool.query(`begin; set local search_path to ${schema}; ${rowsOfTheFirstSchema}; commit`);
  expect(await migrate(pool, { schema })).toEqual(all.slice(2).map(({ number }) => number));
  const { rows } = await pool.query(
    `select arch_build.state, arch_build.severity, smoke_test.state as test, tag.desired, manifest.content_list,
       image_base.pullspec, result.data
     from ${schema}.arch_build join ${schema}.smoke_test on smoke_test.build = arch_build.build
     join ${schema}.build on build.id = arch_build.build join ${schema}.tag on tag.nvr = build.nvr
     join ${schema}.manifest on manifest.image = build.image
     join ${schema}.image_base on image_base.image = build.image
     join ${schema}.result on result.build = build.id join ${schema}.test_case on test_case.name = result.test_case`,
  );
  expect(rows).toEqual([
    {
      state: 'ready',
      severity: 'none',
      test: 'queued',
      desired: 'sha256:i',
      content_list: 'sha256:l',
      pullspec: 'r.test/base:40',
      data: {
        item: ['app-1-1'],
        type: ['container-image'],
        nvr: ['app-1-1'],
        digest: ['sha256:m'],
        system_architecture: ['x86_64'],
      },
    },
  ]);
});

test('many processes at once apply each of them once', async () => {
  const open = await anEmptyStore();
  const done = await Promise.all(
    Array.from({ length: 5 }, () => migrate(open(), { schema, migrations: [one, two] })),
  );
  expect(done.flat().toSorted()).toEqual([1, 2]);
});

test('two instances in one database have their own tables', async () => {
  const pool = (await anEmptyStore())();
  await migrate(pool, { schema: 'flibs_a', migrations: [one] });
  expect(await migrate(pool, { schema: 'flibs_b', migrations: [one] })).toEqual([1]);
});

describe('a store that a newer flibs has changed', () => {
  test('is refused where the change is a breaking one', async () => {
    const pool = (await anEmptyStore())();
    await migrate(pool, { schema, migrations: [one, aMigration(2, 'create table two (id integer)', true)] });
    await expect(migrate(pool, { schema, migrations: [one] })).rejects.toThrow(/newer flibs \(0002\.sql\)/);
  });

  test('is used where the change is none', async () => {
    const pool = (await anEmptyStore())();
    await migrate(pool, { schema, migrations: [one, two] });
    expect(await migrate(pool, { schema, migrations: [one] })).toEqual([]);
  });
});

test('one that was changed after it was applied is refused', async () => {
  const pool = (await anEmptyStore())();
  await migrate(pool, { schema, migrations: [one] });
  const changed = aMigration(1, 'create table one (id bigint)');
  await expect(migrate(pool, { schema, migrations: [changed] })).rejects.toThrow(/never change a migration/);
});

test('one that fails leaves nothing behind, and those before it stay', async () => {
  const pool = (await anEmptyStore())();
  const broken = aMigration(2, 'create table two (id integer); select no_such_function()');
  await expect(migrate(pool, { schema, migrations: [one, broken] })).rejects.toThrow(/0002\.sql/);
  expect(await migrate(pool, { schema, migrations: [one, two] })).toEqual([2]);
});

test('a schema with a hostile name is refused before anything is done', async () => {
  const pool = (await anEmptyStore())();
  await expect(migrate(pool, { schema: 'x; drop schema public' })).rejects.toThrow(/lower case letters/);
});
