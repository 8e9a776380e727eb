import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import { type NewDefinition, soundDefinitions } from '../../../src/images/sound-definitions.ts';

const anImage = (name: string, layer?: string, ...buildOnly: string[]): ImageDefinition =>
  ImageDefinition.parse({
    name,
    component: name,
    version: '1',
    distroRelease: 'F40',
    parents: [
      ...(layer === undefined ? [] : [{ kind: 'image', image: layer, edge: 'layer' }]),
      ...buildOnly.map((image) => ({ kind: 'image', image, edge: 'build-only' })),
    ],
    recipe: { kind: 'packages', packages: ['bash'] },
    arches: ['x86_64'],
    owners: [],
    autoRebuild: true,
    labels: {},
    gating: [],
    treeId: 'a'.repeat(40),
    sourceTime: 1,
  });

const newer = (image: ImageDefinition): ImageDefinition => ({ ...image, treeId: 'b'.repeat(40) });

/** As if each parent were named on a line of its own. */
const asRead = (image: ImageDefinition): NewDefinition => ({
  image,
  places: {
    component: { file: 'container.yaml', line: 9, key: 'flibs.labels.com.redhat.component' },
    parents: new Map(
      image.parents.flatMap((parent, index) =>
        parent.kind === 'image'
          ? [[parent.image, { file: 'Containerfile', line: index + 1, key: 'FROM' }]]
          : [],
      ),
    ),
  },
});

const soundOf = (
  read: readonly ImageDefinition[],
  inForce: readonly ImageDefinition[] = [],
  broken: readonly string[] = [],
) => {
  const given = {
    read: read.map(asRead),
    inForce: new Map(inForce.map((image) => [image.name, image])),
    broken: new Set(broken),
  };
  const { images, refused } = soundDefinitions(given);
  return { images, names: images.map(({ name }) => name), refused: Object.fromEntries(refused) };
};

describe('of definitions', () => {
  test('without fault, all are in force', () => {
    const all = [anImage('app', 'base', 'tool'), anImage('base'), anImage('tool', 'base')];
    expect(soundOf(all)).toEqual({ images: all, names: ['app', 'base', 'tool'], refused: {} });
  });

  test('the members of a cycle are refused by name, and no other', () => {
    expect(soundOf([anImage('a', 'b'), anImage('b', 'a'), anImage('c')])).toMatchObject({
      names: ['c'],
      refused: {
        a: ['Containerfile:1: FROM: built from itself: a -> b -> a'],
        b: ['Containerfile:1: FROM: built from itself: b -> a -> b'],
      },
    });
  });

  test('one that is built from itself at once is named too', () => {
    expect(soundOf([anImage('a', 'a')]).refused).toEqual({
      a: ['Containerfile:1: FROM: built from itself: a -> a'],
    });
  });

  test('a cycle over a build-only edge is one, and its place is that of the edge', () => {
    const images = [anImage('a', 'b'), anImage('b', 'base', 'c'), anImage('c', 'a'), anImage('base')];
    expect(soundOf(images)).toMatchObject({
      names: ['base'],
      refused: { b: ['Containerfile:2: FROM: built from itself: b -> c -> a -> b'] },
    });
  });

  test('what stands upon a refused one that never was in force goes with it, and says so', () => {
    expect(soundOf([anImage('a', 'a'), anImage('b', 'a'), anImage('c', 'b'), anImage('d')])).toMatchObject({
      names: ['d'],
      refused: {
        b: ['Containerfile:1: FROM: its parent a is refused, and was never in force'],
        c: ['Containerfile:1: FROM: its parent b is refused, and was never in force'],
      },
    });
  });

  test('one that names an unknown parent is refused', () => {
    expect(soundOf([anImage('app', 'nosuch'), anImage('base')])).toMatchObject({
      names: ['base'],
      refused: { app: [expect.stringMatching(/^Containerfile:1: FROM: its parent nosuch is not defined/)] },
    });
  });

  test('two that would make the same NVRs are both refused', () => {
    const same = { ...anImage('b'), component: 'a' };
    const place = 'container.yaml:9: flibs.labels.com.redhat.component';
    expect(soundOf([anImage('a'), same, anImage('c')])).toMatchObject({
      names: ['c'],
      refused: {
        a: [`${place}: b makes NVRs of component a too`],
        b: [`${place}: a makes NVRs of component a too`],
      },
    });
  });
});

describe('what was in force', () => {
  test('stays while its new definition closes a cycle', () => {
    const inForce = [anImage('app', 'base'), anImage('base')];
    const read = [newer(anImage('app', 'base')), newer(anImage('base', 'app')), anImage('other')];
    const sound = soundOf(read, inForce);
    expect(sound.images).toEqual([...inForce, anImage('other')]);
    expect(Object.keys(sound.refused).sort()).toEqual(['app', 'base']);
  });

  test('stays while its new definition names an unknown parent, and its children go on', () => {
    const inForce = [anImage('app', 'base'), anImage('base')];
    const app = newer(anImage('app', 'base'));
    const sound = soundOf([app, newer(anImage('base', 'nosuch'))], inForce);
    expect(sound.images).toEqual([app, anImage('base')]);
    expect(Object.keys(sound.refused)).toEqual(['base']);
  });

  test('stays while its folder is broken', () => {
    const sound = soundOf([newer(anImage('base'))], [anImage('app', 'base'), anImage('base')], ['app']);
    expect(sound).toEqual({
      images: [anImage('app', 'base'), newer(anImage('base'))],
      names: ['app', 'base'],
      refused: {},
    });
  });

  test('ends with its folder', () => {
    expect(soundOf([anImage('base')], [anImage('app', 'base'), anImage('base')]).names).toEqual(['base']);
  });

  test('stays without a folder while something in force is built from it, and says why', () => {
    const inForce = [anImage('app', 'base'), anImage('base')];
    expect(soundOf([anImage('app', 'base')], inForce)).toMatchObject({
      names: ['app', 'base'],
      refused: {
        app: [expect.stringContaining('its parent base is not defined')],
        base: [expect.stringMatching(/^its folder is gone, and app, .* is built from it$/)],
      },
    });
  });

  test('keeps its component against a newcomer', () => {
    const newcomer = { ...anImage('b'), component: 'a' };
    const sound = soundOf([newer(anImage('a')), newcomer], [anImage('a')]);
    expect(sound.images).toEqual([newer(anImage('a'))]);
    expect(Object.keys(sound.refused)).toEqual(['b']);
  });
});

test('a chain of five thousand upon a missing parent is no trouble', () => {
  const chain = Array.from({ length: 5000 }, (_, at) =>
    anImage(`i${at}`, at === 0 ? 'nosuch' : `i${at - 1}`),
  );
  expect(Object.keys(soundOf(chain).refused)).toHaveLength(5000);
});

describe('for any definitions upon any that were in force', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const maybe = fc.option(fc.constantFrom(...names, 'nosuch'), { nil: undefined });
  const someImages = fc
    .array(fc.record({ name: fc.constantFrom(...names), layer: maybe, tool: maybe }), { maxLength: 8 })
    .map((list) => [
      ...new Map(
        list.map(({ name, layer, tool }) => [name, anImage(name, layer, ...(tool ? [tool] : []))]),
      ).values(),
    ]);
  const given = fc.record({ before: someImages, read: someImages.map((images) => images.map(newer)) });

  test('what is chosen is closed over parents, free of cycles, and takes every image that has no part in a fault', () => {
    fc.assert(
      fc.property(given, ({ before, read }) => {
        const inForce = soundOf(before).images;
        const { images, refused } = soundOf(read, inForce);
        // Sound: choosing again among the chosen refuses nothing.
        expect(soundOf(images)).toMatchObject({ refused: {} });
        for (const image of read) {
          if (refused[image.name] === undefined) expect(images).toContainEqual(image);
          else expect(images.find(({ name }) => name === image.name)?.treeId).not.toBe(image.treeId);
        }
        // Nothing good is lost: what was in force and is refused now stays as it was.
        for (const image of inForce) if (refused[image.name]) expect(images).toContainEqual(image);
      }),
    );
  });

  test('the order in which they are read is irrelevant', () => {
    fc.assert(
      fc.property(given, ({ before, read }) => {
        const inForce = soundOf(before).images;
        expect(soundOf(read.toReversed(), inForce)).toEqual(soundOf(read, inForce));
      }),
    );
  });
});
