/** Whom events concern: the owners of the images that they name. */
import { expect, test } from '@jest/globals';
import { ContentNominated } from '../../../schemas/events/planning.ts';
import type { Outgoing } from '../../../src/bus/port.ts';
import { anImage, fleet } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow, unsent } from './in-flow.ts';

let world: World;
eachInReleasedWorld((begun) => {
  world = begun;
});

/** `lonely` has these owners from now on. Another source makes another image. */
const ownLonely = async (owners: readonly string[], source?: string): Promise<void> => {
  const changed = source === undefined ? {} : { source, label: source };
  const lonely = anImage({ name: 'lonely', packages: ['musl'], owners, ...changed });
  const images = fleet.map((image) => (image.name === 'lonely' ? lonely : image));
  world.definitions = { ...world.definitions, images };
  await world.run({ seed: 1 });
};

const usersOf = ({ headers }: Outgoing): readonly string[] =>
  Object.keys(headers).filter((name) => name.startsWith('fedora_messaging_user_'));

const eventOf = ({ routingKey }: Outgoing): string =>
  routingKey.replace(`${world.settings.topicPrefix}.`, '');

test('every event of a build names the owners of its image, from the nomination to the release', async () => {
  await ownLonely(['ben', 'ann']);
  const before = world.published.length;
  await ownLonely(['ben', 'ann'], 'another');
  const said = world.published.slice(before).filter(({ headers }) => 'ce-type' in headers);
  const unowned = said.filter((message) => usersOf(message).length === 0).map(eventOf);
  expect(unowned).toEqual([]);
  expect(new Set(said.map(eventOf))).toEqual(
    new Set([
      'ci.container-image.test.complete',
      'flibs.archbuild.finished',
      'flibs.archbuild.started',
      'flibs.content.nominated',
      'flibs.content.recorded',
      'flibs.definitions.changed',
      'flibs.gate.decision.changed',
      'flibs.image.candidate.ready',
      'flibs.image.released',
      'flibs.rebuild.finished',
      'flibs.rebuild.planned',
      'flibs.result.recorded',
      'flibs.test.finished',
      'flibs.test.queued',
      'flibs.test.running',
    ]),
  );
});

const nominate = (images: readonly string[]) =>
  inFlow(world, (flow) =>
    flow.say(ContentNominated, {
      schemaVersion: 1,
      aggregate: { kind: 'nomination', id: '1', seq: 1 },
      nomination: 1,
      nominationKind: 'sources',
      distroReleases: ['F40'],
      sources: [],
      images: [...images],
      modules: [],
      severity: 'none',
      reference: 'a test',
    }),
  );

const ownersSaid = async (): Promise<unknown> =>
  (await unsent(world, 'flibs.content.nominated')).map(({ owners }) => owners).at(-1);

test('owners are named once, in order, and an image without any adds none', async () => {
  await ownLonely(['ben', 'ann', 'ben']);
  await nominate(['lonely', 'base']);
  expect(await ownersSaid()).toEqual(['ann', 'ben']);
});

test('an event about images that nobody owns names nobody', async () => {
  await nominate(['base', 'never-defined']);
  expect(await ownersSaid()).toBeUndefined();
});

test('an image that was taken out of the definitions still has its last owners', async () => {
  await ownLonely(['ann']);
  world.definitions = {
    ...world.definitions,
    images: world.definitions.images.filter(({ name }) => name !== 'lonely'),
  };
  await world.run({ seed: 1 });
  await nominate(['lonely']);
  expect(await ownersSaid()).toEqual(['ann']);
});

test('of very many owners the first 200 are named, and none whose name is too long for a header', async () => {
  const many = Array.from({ length: 250 }, (_, n) => `owner${String(n).padStart(3, '0')}`);
  await ownLonely(['a'.repeat(129), ...many]);
  await nominate(['lonely']);
  expect(await ownersSaid()).toEqual(many.slice(0, 200));
});
