/** How much is read to find who stands on an older build of its parent. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { imagesOnOlderBuilds } from '../../../src/flows/planning/on-older-builds.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';
import { rowsReadBy } from './rows-read.ts';

let world: World;
eachInReleasedWorld(async (begun) => {
  world = begun;
});

test('of thousands of images that hold nothing of it hardly a row is read', async () => {
  const { db } = world.environment.store;
  await sql`
    insert into manifest (digest, image, arch, content_id, recorded_at)
    select 'sha256:' || at, 'image-' || at, 'x86_64', 'sha256:' || at, now() from generate_series(1, 5000) as at`.execute(
    db,
  );
  await sql`
    insert into current (image, arch, manifest, nvr)
    select image, arch, digest, image || '-1-1' from manifest where image like 'image-%'`.execute(db);
  // As in a fleet: a source makes some packages, and each of them is in some manifests.
  await sql`
    with made as (
      insert into rpm (name, epoch, version, release, arch, source_name, source_evr)
      select 'package-' || at, 0, '1', '1', 'x86_64', 'source-' || at % 250, '1-1'
      from generate_series(1, 2000) as at returning id
    )
    insert into manifest_rpm (manifest, rpm, change)
    select 'sha256:' || 1 + (id * 31 + at * 293) % 5000, id, 'added' from made, generate_series(1, 17) as at
    on conflict do nothing`.execute(db);
  await sql`analyze manifest, current, in_use, manifest_rpm, rpm, image`.execute(db);
  const read = await inFlow(world, (flow) =>
    rowsReadBy(flow, () => imagesOnOlderBuilds(flow, 'F40', ['openssl'])),
  );
  for (const table of ['current', 'in_use']) expect(read.get(table) ?? 0).toBeLessThan(500);
});
