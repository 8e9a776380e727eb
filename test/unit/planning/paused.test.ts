/** What people have paused is left alone with who, why and until when; what is upon it is blocked. */
import { expect, test } from '@jest/globals';
import { Pause } from '../../../schemas/pause.ts';
import { pauseNotes } from '../../../src/planning/paused.ts';
import { anImage, both, built, has, left, named, offers, openssl, planOf } from './fleet.ts';

const family = [anImage('app', { on: 'runtime' }), anImage('runtime', { on: 'base' }), anImage('base')];
const update = {
  introduced: has('base', openssl('3.0'), ...both),
  offers: offers(openssl('3.1'), ['x86_64']),
};
const paused = (subject: object): readonly Pause[] => [
  Pause.parse({ by: 'ann', reason: 'mending', ...subject }),
];
const runtimePaused = paused({ scope: 'image', image: 'runtime', until: '2026-12-01T08:00:00.000Z' });
const automatic = paused({ scope: 'automatic' });
const asked = (image: string) => ({
  requested: [{ image: named(image), reason: { kind: 'by-hand' as const, references: [] } }],
});

test('of a paused image the descendants are blocked, and what is below is built', () => {
  const made = planOf(family, { ...update, pauses: runtimePaused });
  expect(built(made)).toEqual(['base: x86_64']);
  expect(left(made)).toContain('app x86_64: blocked by runtime');
  const [entry] = made.leftAlone.filter(({ image, arch }) => image === 'runtime' && arch === 'x86_64');
  expect(entry?.text).toBe(
    'paused by ann until 2026-12-01T08:00:00.000Z: mending; otherwise: its parent base is rebuilt',
  );
});

test('while automatic rebuilds are paused the owner of a fix is left alone', () => {
  const made = planOf(family, { ...update, pauses: automatic });
  expect(built(made)).toEqual([]);
  expect(left(made)).toContain('runtime x86_64: blocked by base');
  const [entry] = made.leftAlone.filter(({ image, arch }) => image === 'base' && arch === 'x86_64');
  expect(entry?.text).toMatch(/^automatic rebuilds are paused by ann: mending; otherwise: openssl/);
});

test('what people ask for is built while automatic rebuilds are paused', () => {
  expect(built(planOf(family, { ...asked('app'), pauses: automatic }))).toEqual(['app: x86_64 s390x']);
});

test('a paused image is left alone even where a person asked for it', () => {
  expect(built(planOf(family, { ...asked('runtime'), pauses: runtimePaused }))).toEqual([]);
});

test('what is paused itself says so before automatic rebuilds do', () => {
  const made = planOf(family, {
    ...update,
    pauses: [...automatic, ...paused({ scope: 'image', image: 'base' })],
  });
  const [entry] = made.leftAlone.filter(({ image, arch }) => image === 'base' && arch === 'x86_64');
  expect(entry?.reason).toMatchObject({ kind: 'paused', scope: 'image' });
});

test('while everything is paused plans are made as ever', () => {
  expect(built(planOf(family, { ...update, pauses: paused({ scope: 'everything' }) }))).toHaveLength(3);
});

const until = '2026-12-01T08:00:00.000Z';

test.each([
  [
    { scope: 'everything' },
    'everything is paused by ann: mending; what would be rebuilt is planned, and starts once it is resumed',
  ],
  [
    { scope: 'automatic', until },
    `automatic rebuilds are paused by ann until ${until}: mending; what is left alone for that is looked at again then; what people ask for is built`,
  ],
  [
    { scope: 'image', image: 'runtime' },
    'runtime is paused by ann: mending; it is left alone, and what stands on it; both are looked at again once it is resumed',
  ],
])('of %j an answer says who, why, until when, and what it means', (subject, text) => {
  expect(pauseNotes(paused(subject), new Set(['runtime'])).map((note) => note.text)).toEqual([text]);
});

test('an answer says nothing of other images that are paused, and the widest pause first', () => {
  const all = [...runtimePaused, ...automatic, ...paused({ scope: 'everything' })];
  expect(pauseNotes(all, new Set(['app'])).map(({ what }) => what)).toEqual([
    'everything',
    'automatic rebuilds',
  ]);
});
