/** Rules that change: what the old ones left alone is seen to, once. */
import { expect, test } from '@jest/globals';
import { Rule } from '../../schemas/files/rule.ts';
import { rowsOf } from '../store/an-environment.ts';
import { buildsOf, everySeed, expectFresh } from './every-seed.ts';
import { releasedWorlds } from './released-worlds.ts';
import { expectSound } from './soundness.ts';
import { anUpdate, type World } from './world.ts';

const worlds = releasedWorlds();
const { begin } = worlds;

const few = { to: 1 };
const update = () => anUpdate('openssl', '2.0', { id: 'openssl 2.0', severity: 'low' });
const ruled = (world: World, ...rules: readonly object[]): void => {
  world.definitions = { ...world.definitions, rules: rules.map((rule) => Rule.parse(rule)) };
};
const onlySecurity = { name: 'security', action: 'allow', update: ['security'] };
const deny = { name: 'not-now', action: 'deny', image: ['runtime'] };

test('what a rule left alone is rebuilt once the rule is gone, for the update that it was', async () => {
  await everySeed(few, begin, async (world, seed) => {
    ruled(world, onlySecurity, deny);
    await world.run({ seed });
    world.repositories.publish('openssl', '2.0');
    await world.run({ seed, arriving: [update()] });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual(['base-40-2 released']);
    expect(await buildsOf(world, 'client')).toEqual([]);

    // The other rule still allows security updates alone.
    ruled(world, onlySecurity);
    await world.run({ seed });
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});

test('what a rule denied for its severity is rebuilt once the advisory says one that no rule denies', async () => {
  const grave = { name: 'grave', action: 'allow', update: ['security'], severity: ['critical'] };
  const nominations = async () => (await rowsOf(worlds.environment.store, 'nomination')).length;
  await everySeed({ to: 1 }, begin, async (world, seed) => {
    ruled(world, grave);
    await world.run({ seed });
    world.repositories.publish('openssl', '2.0');
    world.repositories.listAdvisory('openssl', '2.0', 'low');
    await world.run({ seed, arriving: [update()] });
    await expectSound(world);
    expect(await buildsOf(world, 'base')).toEqual([]);
    const before = await nominations();

    const later = async (severity: 'moderate' | 'critical') => {
      world.repositories.listAdvisory('openssl', '2.0', severity);
      world.aheadMs += 1000 * world.settings.repositoryInterval;
      await world.run({ seed });
    };
    await later('moderate');
    expect(await nominations()).toBe(before);
    await later('critical');
    await expectFresh(world);
    for (const image of ['base', 'runtime', 'client', 'server'])
      expect(await buildsOf(world, image)).toEqual([`${image}-40-2 released`]);
  });
});
