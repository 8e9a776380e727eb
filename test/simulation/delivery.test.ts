/** The whole pipeline under reordered, repeated and late deliveries: whatever the seed, the same images come out. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anEnvironment, type TestEnvironment } from '../store/an-environment.ts';
import { contents, expectSound, wantedContents } from './soundness.ts';
import { anUpdate, aReleasedWorld, aTag, type World } from './world.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let begin: () => Promise<World>;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
  begin = await aReleasedWorld(environment);
});
afterAll(() => close());

const seeds = Number(process.env['SEEDS'] ?? 10);
test('seeds', async () => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const world = await begin();
    world.repositories.publish('openssl', '2.0');
    const t = Date.now();
    const report = await world.run({
      seed,
      mostSteps: 3000,
      arriving: [
        anUpdate('openssl', '2.0', { id: 'first' }),
        anUpdate('openssl', '2.0', { id: 'first' }),
        anUpdate('openssl', '2.0', { id: 'said once more' }),
        aTag('openssl', '2.0', 'a tag'),
      ],
    });
    console.log(seed, report.steps, Date.now() - t);
    try {
      await expectSound(world);
      expect(await contents(world)).toEqual(wantedContents(world.definitions.images, world.repositories));
    } catch (e) {
      throw new Error(`seed ${seed}: ${String(e)}`, { cause: e });
    }
  }
});
