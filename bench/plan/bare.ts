/**
 * The bare side: a transaction that reads the rows that such a plan rests on, and writes those that it came to, each
 * table in one statement. It knows beforehand which they are.
 */
import type { Pool, PoolClient } from 'pg';
import { release } from '../fleet/definitions.ts';
import type { Captured } from './protocol.ts';

const inTransaction = async (pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } finally {
    client.release();
  }
};

export const readBare = (pool: Pool, captured: Captured): Promise<void> =>
  inTransaction(pool, (client) => reads(client, captured));

export const planBare = (pool: Pool, captured: Captured): Promise<void> =>
  inTransaction(pool, async (client) => {
    await reads(client, captured);
    await writes(client, captured);
  });

const reads = async (client: PoolClient, { images, source }: Captured): Promise<void> => {
  await client.query(
    `select rpm.*, current.image, current.arch from rpm
     join manifest_rpm on manifest_rpm.rpm = rpm.id and manifest_rpm.change = 'added'
     join current on current.manifest = manifest_rpm.manifest where rpm.source_name = $1`,
    [source],
  );
  await client.query('select definition from image where name = any($1) and to_revision is null', [images]);
  await client.query(
    `select build.nvr, build.image, build.tree_id, build.version, build.state, index_entry.*, manifest.content_id,
       manifest.parent_digest
     from current join build on build.nvr = current.nvr
     join index_entry on index_entry.build = build.id and index_entry.arch = current.arch
     join manifest on manifest.digest = index_entry.manifest_digest where current.image = any($1)`,
    [images],
  );
  await client.query('select * from offer where distro_release = $1 and source_name = $2', [
    release.name,
    source,
  ]);
};

const writes = async (client: PoolClient, { images, rows }: Captured): Promise<void> => {
  await client.query('update release_number set last = last + 1 where component = any($1)', [images]);
  for (const [table, json] of Object.entries(rows)) {
    await client.query(
      `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1)`,
      [json],
    );
  }
  await client.query(`update rebuild set state = 'planned', seq = seq + 1 where state = 'collecting'`);
  await client.query('update nomination_target set closed_at = now() where closed_at is null');
};
