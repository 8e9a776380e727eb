import { expect, test } from '@jest/globals';
import { Inventory } from '../../../../schemas/files/inventory.ts';
import { problemsOf } from '../../../../src/planning/files/check.ts';
import { type ImageFile, image } from './an-inventory.ts';

const problems = (...images: ImageFile[]): readonly string[] =>
  problemsOf(Inventory.parse({ schemaVersion: 1, images })).map(({ path, problem }) => `${path}: ${problem}`);

test('a name or an NVR that is used twice is told, with both places', () => {
  expect(problems(image('a'), image('a', { nvr: 'b-1-1' }), image('b'))).toEqual([
    'images.1.name: a is the name of images.0.name already',
    'images.2.nvr: b-1-1 is the NVR of images.1.nvr already',
  ]);
});

test('images that are built from each other are named, over build-only edges too', () => {
  expect(problems(image('a', { on: 'b' }), image('b', { from: ['a'] }))).toEqual([
    'images.0.parents: these images are built from each other: a -> b -> a',
  ]);
});

test('a second layer parent is told', () => {
  const parents = [
    { kind: 'image' as const, image: 'a' },
    { kind: 'external' as const, pullspec: 'registry.example/b:1' },
  ];
  expect(problems(image('a'), image('c', { parents }))).toEqual([
    'images.1.parents.1: is a second layer parent: an image stands on one; builder stages have the edge build-only',
  ]);
});

test('contents of no build are told', () => {
  expect(problems({ ...image('a'), nvr: undefined })).toEqual([
    'images.0.arches.x86_64: lists RPMs, but the image has no nvr: give the NVR of the build that holds them',
  ]);
});

test('a best-effort arch that the image does not have is told', () => {
  expect(problems({ ...image('a'), bestEffort: ['x86_64', 's390x'] })).toEqual([
    "images.0.bestEffort.1: s390x is none of the image's arches",
  ]);
});

test('a distro release or a rule that is given twice is told', () => {
  const rule = { name: 'one', action: 'deny' as const, image: ['*'] };
  const twice = Inventory.parse({
    schemaVersion: 1,
    images: [],
    distroReleases: [{ name: 'F40' }, { name: 'F40' }],
    rules: [rule, rule],
  });
  expect(problemsOf(twice).map(({ path, problem }) => `${path}: ${problem}`)).toEqual([
    'distroReleases.1.name: F40 is the name of distroReleases.0 already',
    'rules.1.name: one is the name of rules.0 already',
  ]);
});
