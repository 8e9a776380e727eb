/** What the completion event says of a release against the one before it. */
import { expect, test } from '@jest/globals';
import { ImageDowngraded, ImageReleased } from '../../../schemas/events/releasing.ts';
import { anUpdate, type World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

const said = (topic: string): readonly unknown[] =>
  world.published
    .filter(({ routingKey }) => routingKey.endsWith(`.${topic}`))
    .map(({ body }) => JSON.parse(body.toString('utf8')));

const released = (image: string) =>
  said('flibs.image.released')
    .map((body) => ImageReleased.body.parse(body))
    .filter((body) => body.image === image);

const update = async (version: string, on?: readonly ['x86_64']): Promise<void> => {
  world.repositories.publish('openssl', version, on);
  await world.run({ seed: 1, arriving: [anUpdate('openssl', version, { id: `openssl ${version}` })] });
};

test('names the advisories whose packages are in it now, on which arches, the parent\u2019s among them', async () => {
  world.repositories.listAdvisory('openssl', '2.0', 'important');
  await update('2.0');
  for (const image of ['base', 'client']) {
    const event = released(image).at(-1);
    expect(event?.advisories).toEqual([
      { id: expect.any(String), type: 'security', severity: 'important', arches: ['aarch64', 'x86_64'] },
    ]);
    expect(event?.advisoryCount).toBe(1);
  }
});

test('names none that the release before had, or that this one has not reached', async () => {
  await update('2.0');
  world.repositories.listAdvisory('openssl', '2.0', 'important');
  await update('3.0');
  world.repositories.listAdvisory('openssl', '5.0', 'important');
  await update('4.0');
  expect(released('base').map(({ nvr, advisories }) => `${nvr}: ${advisories?.length}`)).toEqual([
    'base-40-1: 0',
    'base-40-2: 0',
    'base-40-3: 0',
    'base-40-4: 0',
  ]);
});

test('is followed by an alarm where a package is in a lower version than before', async () => {
  await update('2.0');
  expect(said('flibs.image.downgraded')).toEqual([]);
  world.repositories.withdraw('openssl', '2.0');
  world.definitions = {
    ...world.definitions,
    images: world.definitions.images.map((image) =>
      image.name === 'base' ? { ...image, treeId: 'f'.repeat(40), sourceTime: image.sourceTime + 1 } : image,
    ),
  };
  await world.run({ seed: 1 });
  const downgraded = said('flibs.image.downgraded').map((body) => ImageDowngraded.body.parse(body));
  const [first] = downgraded.filter(({ image }) => image === 'base');
  expect(first?.downgraded.x86_64).toMatchObject([
    { name: 'openssl-libs', kind: 'downgraded', before: { version: '2.0' }, after: { version: '1.0' } },
  ]);
});
