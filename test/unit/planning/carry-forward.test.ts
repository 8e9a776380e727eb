import { describe, expect, test } from '@jest/globals';
import {
  aBaseline,
  anImage,
  both,
  built,
  has,
  manifest,
  offers,
  openssl,
  planOf,
  reasonsFor,
} from './fleet.ts';

describe('carry-forward', () => {
  const introduced = has('app', openssl('3.0'), 'x86_64');
  const onOffer = offers(openssl('3.1'), both);

  test.each([
    ['the folder', { treeId: 'changed' }],
    ['the version', { version: '2' }],
  ])('is not possible where %s changed: every arch is built', (_what, change) => {
    const made = planOf([anImage('app', change)], { introduced, offers: onOffer });
    expect(built(made)).toEqual(['app: x86_64 s390x']);
    expect(reasonsFor(made, 'app', 'x86_64').map(({ kind }) => kind)).toEqual(['package', 'source-changed']);
    expect(reasonsFor(made, 'app', 's390x').map(({ kind }) => kind)).toEqual(['source-changed']);
    expect(made.builds[0]?.carried).toEqual([]);
  });

  test('a changed folder alone is no reason: the planner is told when it is', () => {
    expect(built(planOf([anImage('app', { treeId: 'changed' })]))).toEqual([]);
  });

  test('names where the entry was built, and waits for a baseline that is not decided', () => {
    const baseline = aBaseline('app', both, {
      decided: false,
      arches: {
        x86_64: { manifestDigest: manifest('app x86_64') },
        s390x: { manifestDigest: manifest('app s390x'), origin: aBaseline('older', []).nvr },
      },
    });
    expect(planOf([anImage('app', { baseline })], { introduced, offers: onOffer }).builds[0]).toMatchObject({
      carried: [{ arch: 's390x', nvr: 'older-1-1' }],
      heldUntilDecided: 'app-1-1',
    });
    const all = planOf([anImage('app', { baseline, treeId: 'changed' })], { introduced, offers: onOffer });
    expect(all.builds[0]).not.toHaveProperty('heldUntilDecided');
  });

  test('an arch that the baseline lacks is built along', () => {
    const made = planOf(
      [anImage('app', { arches: ['x86_64', 'aarch64'], baseline: aBaseline('app', ['x86_64']) })],
      { introduced, offers: onOffer },
    );
    expect(built(made)).toEqual(['app: x86_64 aarch64']);
    expect(reasonsFor(made, 'app', 'aarch64')).toEqual([{ kind: 'never-built', references: [] }]);
  });

  test('an arch that is no longer defined is dropped', () => {
    const made = planOf([anImage('app', { arches: ['x86_64'], baseline: aBaseline('app', both) })], {
      introduced,
      offers: onOffer,
    });
    expect(made.builds[0]?.carried).toEqual([]);
  });
});
