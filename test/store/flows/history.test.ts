/** What a plan reads grows neither with the history of contents nor with the fleet. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { touchedBy } from '../../../bench/plan/blocks.ts';
import { readPlanInput } from '../../../src/flows/planning/plan-input.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const withdrawn = { name: 'openssl', version: '1.0', release: '1.fc40' };
const question = {
  distroRelease: 'F40',
  sources: ['openssl'],
  modules: [],
  withdrawals: [{ ...withdrawn, references: [], nomination: 1, taggedAgain: false }],
  requests: [],
  references: [],
};

/** Of a plan about a package that all but one image hold, from the base, and that was withdrawn. */
const touched = async () => {
  const { pool, schema, db } = world.environment.store;
  const { connectionString } = pool.options;
  if (connectionString === undefined) throw new Error('the store was opened without a connection string');
  await sql`vacuum analyze`.execute(db);
  const statements = await touchedBy(connectionString, schema, (store) =>
    store.transaction(async (tx) => void (await readPlanInput({ tx }, question))),
  );
  return { statements: statements.length, blocks: statements.reduce((sum, { blocks }) => sum + blocks, 0) };
};

interface Numbers {
  readonly from: number;
  readonly to: number;
}

/** Manifests on the present ones of `below`, or on none. */
const manifestsOn = async (below: string, image: string, { from, to }: Numbers): Promise<void> => {
  await sql`
    insert into manifest (digest, parent_digest, image, arch, content_id, content_list, recorded_at)
    select 'sha256:' || encode(sha256(convert_to(concat_ws(' ', ${image}::text, number, given.arch), 'UTF8')), 'hex'),
      current.manifest, ${image}, given.arch, 'sha256:0', 'sha256:0', now()
    from generate_series(${from}::integer, ${to}::integer) as number
    cross join unnest(array['x86_64', 'aarch64']) as given(arch)
    left join current on current.image = ${below} and current.arch = given.arch`.execute(
    world.environment.store.db,
  );
};

/** Images beside those that are in question. */
const others = async (numbers: Numbers): Promise<void> => {
  const image = `others from ${numbers.from}`;
  await manifestsOn('nothing', image, numbers);
  await sql`
    insert into current (image, arch, manifest, nvr)
    select 'another-' || substr(digest, 8, 12), arch, digest, 'another-1-1' from manifest where image = ${image}`.execute(
    world.environment.store.db,
  );
};

test('not with the builds of its images that were replaced long ago', async () => {
  await manifestsOn('runtime', 'client', { from: 1, to: 400 });
  const before = await touched();
  await manifestsOn('runtime', 'client', { from: 401, to: 4000 });
  const after = await touched();
  expect(after.statements).toBe(before.statements);
  expect(after.blocks).toBeLessThanOrEqual(before.blocks * 1.2);
});

test('not with images that have nothing to do with it', async () => {
  await others({ from: 1, to: 400 });
  const before = await touched();
  await others({ from: 401, to: 4000 });
  const after = await touched();
  expect(after.statements).toBe(before.statements);
  expect(after.blocks).toBeLessThanOrEqual(before.blocks * 1.2);
});
