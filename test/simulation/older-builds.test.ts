/** Images that stand on an older build of their parent, and have from it what the present build has no longer. */
import { expect, test } from '@jest/globals';
import { Rule } from '../../schemas/files/rule.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { anImage, fleet } from './fleet.ts';
import { releasedWorlds } from './released-worlds.ts';
import { contents, expectSound } from './soundness.ts';
import { anUpdate } from './world.ts';

const worlds = releasedWorlds();
const { begin } = worlds;

const withoutOpenssl = fleet.map((image) =>
  image.name === 'base' ? anImage({ name: 'base', packages: ['glibc'], source: 'without openssl' }) : image,
);
/** What stands on `runtime` is blocked by it. */
const notForSources = Rule.parse({
  name: 'not-for-sources',
  action: 'deny',
  image: ['runtime'],
  update: ['source'],
});

test('they are rebuilt on the present one when the package is nominated, and their parent is not', async () => {
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    world.definitions = { ...world.definitions, images: withoutOpenssl, rules: [notForSources] };
    await world.run({ seed });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    expect(await contents(world)).toMatchObject({ 'client.x86_64': { 'openssl-libs': '1.0' } });

    world.repositories.publish('openssl', '2.0');
    await world.run({ seed, arriving: [anUpdate('openssl', '2.0', { id: 'openssl 2.0' })] });
    await expectFresh(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    for (const image of ['runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
    expect(Object.keys((await contents(world))['client.x86_64'] ?? {})).not.toContain('openssl-libs');
    const why = await worlds.environment.store.db
      .selectFrom('transition')
      .select('reason')
      .where('kind', '=', 'archBuild')
      .where('subject', '=', 'runtime.x86_64')
      .where('from_state', 'is', null)
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(why?.reason).toMatch(/^openssl-libs\.x86_64 .* gone in a newer base than it was built on/);
  });
});
