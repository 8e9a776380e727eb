/** Builds that were taken back: who is rebuilt on an older one, who is only told of, and who need not care. */
import { describe, expect, test } from '@jest/globals';
import { Rule } from '../../../schemas/files/rule.ts';
import { type Arch, Nvr } from '../../../schemas/ids.ts';
import { failedProofs } from '../../../src/building/check-proofs.ts';
import type { Plan, PlannableImage, Withdrawn } from '../../../src/planning/plan-types.ts';
import { isIn, proofsOf, together } from '../../../src/planning/proofs.ts';
import { describeReason } from '../../../src/planning/reason.ts';
import {
  aBaseline,
  anImage,
  archBuild,
  both,
  built,
  has,
  left,
  manifest,
  named,
  offers,
  openssl,
  planOf,
  reasonsFor,
} from './fleet.ts';

const gone = openssl('3.1');

/** openssl-3.1-1 is withdrawn, and in these images on these arches. */
const withdrawn = (image: string, arches: readonly Arch[], more: Partial<Withdrawn> = {}) =>
  arches.map((arch) => ({
    image: named(image),
    arch,
    rpm: gone,
    own: true,
    build: { version: '3.1', release: '1' },
    taggedAgain: false,
    references: ['f40-updates'],
    ...more,
  }));

const rebuilt = { onWithdrawal: 'rebuild' } as const;
const older = offers(openssl('3.0'), both);

/** `app` on `base`, which brings it in. */
const stack = (base: Partial<PlannableImage> = {}, app: Partial<PlannableImage> = {}) => [
  anImage('base', base),
  anImage('app', { on: 'base', ...app }),
];
const inStack = [...withdrawn('base', both), ...withdrawn('app', both, { own: false })];

const alarms = (made: Plan): readonly string[] => made.alarms.map(({ image, arch }) => `${image} ${arch}`);

describe('an image that introduced what was withdrawn', () => {
  test('is rebuilt on the older one where it says so, and what stands on it follows', () => {
    const made = planOf(stack(rebuilt), { withdrawn: inStack, offers: older });
    expect(built(made)).toEqual(['base: x86_64 s390x', 'app: x86_64 s390x']);
    expect(reasonsFor(made, 'base', 's390x').map(describeReason)).toEqual([
      'openssl-3.1-1 was withdrawn: openssl-libs.noarch 3.1-1 -> 3.0-1 from openssl in updates (f40-updates)',
    ]);
    expect(reasonsFor(made, 'app', 's390x')).toEqual([{ kind: 'inherited', parent: 'base' }]);
    expect(alarms(made)).toEqual([]);
  });

  test('is left alone and told of unless it says so, with what stands on it', () => {
    const made = planOf(stack({}, rebuilt), { withdrawn: inStack, offers: older });
    expect(built(made)).toEqual([]);
    expect(left(made)).toEqual([
      'app x86_64: withdrawn',
      'app s390x: withdrawn',
      'base x86_64: withdrawn',
      'base s390x: withdrawn',
    ]);
    expect(alarms(made)).toEqual(['base x86_64', 'base s390x', 'app x86_64', 'app s390x']);
  });

  test('needs nothing on an arch where it is on offer all the same', () => {
    const made = planOf([anImage('base', rebuilt)], {
      withdrawn: withdrawn('base', both),
      offers: [...older, ...offers(gone, ['s390x'])],
    });
    expect(built(made)).toEqual(['base: x86_64']);
    expect(left(made)).toEqual(['base s390x: withdrawal-outdated']);
    expect(made.outdated.map(({ arch }) => arch)).toEqual(['s390x']);
  });

  test('needs nothing where a later message names the build as available', () => {
    const made = planOf([anImage('base', rebuilt)], {
      withdrawn: withdrawn('base', ['x86_64'], { taggedAgain: true }),
      offers: older,
    });
    expect(built(made)).toEqual([]);
    expect(alarms(made)).toEqual([]);
  });

  test('takes a newer one, where that is what is on offer now', () => {
    const made = planOf([anImage('base', rebuilt)], {
      withdrawn: withdrawn('base', ['x86_64']),
      offers: offers(openssl('3.2'), both),
    });
    expect(reasonsFor(made, 'base', 'x86_64')).toMatchObject([{ kind: 'withdrawn', to: { version: '3.2' } }]);
  });

  test('is told of where auto-rebuild is off or a rule denies it, as much as where nothing else is on offer', () => {
    const off = planOf([anImage('base', { ...rebuilt, autoRebuild: false })], {
      withdrawn: withdrawn('base', ['x86_64']),
      offers: older,
    });
    const denied = planOf([anImage('base', rebuilt)], {
      withdrawn: withdrawn('base', ['x86_64']),
      offers: older,
      rules: [Rule.parse({ name: 'not-for-these', action: 'deny', update: ['withdrawal'] })],
    });
    const nothing = planOf([anImage('base', rebuilt)], { withdrawn: withdrawn('base', ['x86_64']) });
    for (const made of [off, denied, nothing]) expect(alarms(made)).toEqual(['base x86_64']);
    expect(left(off)).toContain('base x86_64: auto-rebuild-off');
    expect(left(denied)).toContain('base x86_64: denied');
    expect(nothing.leftAlone[0]?.reason).toMatchObject({ because: 'nothing-else' });
  });
});

describe('an image that has it from below', () => {
  test('is told of where that is an external base, whatever it says', () => {
    const pullspec = 'registry.example.org/fedora:40';
    const image = anImage('app', rebuilt);
    const made = planOf([{ ...image, layerParent: { kind: 'external', pullspec } }], {
      withdrawn: withdrawn('app', ['x86_64'], { own: false }),
      offers: older,
    });
    expect(built(made)).toEqual([]);
    expect(made.leftAlone[0]?.reason).toMatchObject({ kind: 'withdrawn', because: 'external-base' });
  });

  test('is rebuilt where its parent is rid of it already and it was built on an older one', () => {
    const arches = { x86_64: { manifestDigest: manifest('app'), parentManifest: manifest('old base') } };
    const app = {
      ...rebuilt,
      baseline: aBaseline('app', ['x86_64'], { arches }),
      arches: ['x86_64' as const],
    };
    const made = planOf(stack({}, app), {
      withdrawn: withdrawn('app', ['x86_64'], { own: false }),
      offers: older,
    });
    expect(built(made)).toEqual(['app: x86_64']);
  });

  test('goes on to be told of where it is rebuilt for something else upon a parent that has it', () => {
    const made = planOf(stack(), {
      withdrawn: inStack,
      offers: older,
      requested: [{ image: named('app'), reason: { kind: 'by-hand', references: [] } }],
    });
    expect(built(made)).toEqual(['app: x86_64 s390x']);
    expect(alarms(made)).toContain('app x86_64');
  });
});

describe('only a withdrawal', () => {
  test('rebuilds nobody who has another build of the source, though a newer one is on offer', () => {
    const made = planOf([anImage('base', rebuilt), anImage('other', rebuilt)], {
      introduced: [],
      withdrawn: withdrawn('base', both),
      offers: offers(openssl('3.2'), both),
    });
    expect(built(made)).toEqual(['base: x86_64 s390x']);
  });

  test('is told alike in whatever order it comes', () => {
    const forwards = planOf(stack({}, rebuilt), { withdrawn: inStack, offers: older });
    const backwards = planOf(stack({}, rebuilt).reverse(), {
      withdrawn: inStack.toReversed(),
      offers: older,
    });
    expect(backwards.leftAlone).toEqual(forwards.leftAlone);
    expect(backwards.builds).toEqual(forwards.builds);
  });
});

describe('what shows that an image is rid of it', () => {
  const made = planOf([anImage('base', rebuilt)], { withdrawn: withdrawn('base', both), offers: older });
  const reasons = reasonsFor(made, 'base', 'x86_64');
  const proofs = archBuild(made, 'base', 'x86_64')?.proofs ?? [];

  test('its content holds what was on offer, or none, and never the withdrawn one', () => {
    expect(failedProofs([openssl('3.0')], proofs)).toEqual([]);
    expect(failedProofs([], proofs)).toEqual([]);
    expect(failedProofs([gone], proofs)).toEqual([
      'openssl-libs.noarch is 3.1-1, which was withdrawn (source openssl)',
    ]);
    expect([isIn([openssl('3.0')], reasons), isIn([gone], reasons)]).toEqual([true, false]);
  });

  test('it takes the place of a demand for the build that was withdrawn', () => {
    const fix = planOf([anImage('base')], {
      introduced: has('base', openssl('3.0'), ...both),
      offers: offers(gone, both),
    });
    const wanted = proofsOf(reasonsFor(fix, 'base', 'x86_64'));
    expect(together([...wanted, ...proofs])).toEqual(proofs);
    expect(together([...proofs, ...wanted])).toEqual(proofs);
  });

  test('a build that runs may have it in, so it is judged by its content', () => {
    const running = { stage: 'running', proofs: [...proofsOf(reasons)] } as const;
    const underWay = {
      nvr: Nvr.parse('base-1-2'),
      treeId: 'tree',
      version: '1',
      frozen: false,
      arches: { x86_64: running, s390x: running },
    };
    const again = planOf([anImage('base', { ...rebuilt, underWay })], {
      withdrawn: withdrawn('base', both),
      offers: older,
    });
    expect(again.followUps).toMatchObject([{ judged: true }, { judged: true }]);
    expect(alarms(again)).toEqual([]);
  });
});
