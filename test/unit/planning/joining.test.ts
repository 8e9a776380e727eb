/** Causes that meet what is being built: it takes them on, or they follow when it has ended. */
import { describe, expect, test } from '@jest/globals';
import type { Arch } from '../../../schemas/ids.ts';
import { Nvr } from '../../../schemas/ids.ts';
import type { Plan, PlannableImage } from '../../../src/planning/plan-types.ts';
import { proofsOf } from '../../../src/planning/proofs.ts';
import type { UnderWay, UnderWayArch } from '../../../src/planning/under-way.ts';
import {
  anImage,
  archBuild,
  both,
  built,
  has,
  named,
  offers,
  openssl,
  planOf,
  reasonsFor,
  release,
} from './fleet.ts';

type Stage = UnderWayArch['stage'];

const nvr = (name: string) => Nvr.parse(`${name}-1-2`);

const at = (stage: Stage): UnderWayArch => {
  if (stage === 'lost') return { stage };
  return stage === 'carried' ? { stage, taken: false } : { stage, proofs: [] };
};

const underWay = (name: string, x86_64: Stage, s390x: Stage, more: Partial<UnderWay> = {}): UnderWay => ({
  nvr: nvr(name),
  treeId: 'tree',
  version: '1',
  frozen: false,
  arches: { x86_64: at(x86_64), s390x: at(s390x) },
  ...more,
});

/** `app x86_64 joined`. */
const joined = (made: Plan): readonly string[] =>
  made.joined.flatMap(({ image, arches }) => arches.map(({ arch, how }) => `${image} ${arch} ${how}`));

/** `app x86_64 after app-1-2`, with `judged` where its content will tell. */
const followed = (made: Plan): readonly string[] =>
  made.followUps.map(
    ({ image, arch, after, judged }) => `${image} ${arch} after ${after}${judged ? ', judged' : ''}`,
  );

const inBase = { introduced: has('base', openssl('3.0'), ...both), offers: offers(openssl('3.1'), both) };
const inApp = { introduced: has('app', openssl('3.0'), ...both), offers: offers(openssl('3.1'), both) };

const app = (x86_64: Stage, s390x: Stage, more: Partial<UnderWay> = {}): PlannableImage =>
  anImage('app', { underWay: underWay('app', x86_64, s390x, more) });

describe('an arch build of an image that is being built', () => {
  test('takes a cause on while it waits, with its proof', () => {
    const made = planOf([app('waiting', 'waiting')], inApp);
    expect(built(made)).toEqual([]);
    expect(joined(made)).toEqual(['app x86_64 joined', 'app s390x joined']);
    expect(made.joined[0]?.arches[0]).toMatchObject({
      reasons: [{ kind: 'package', to: { version: '3.1' } }],
      proofs: [{ name: 'openssl-libs', atLeast: { version: '3.1' } }],
    });
  });

  test.each<Stage>(['running', 'built', 'unchanged'])('that is %s is judged by what is in it', (stage) => {
    const made = planOf([app('waiting', stage)], inApp);
    expect(joined(made)).toEqual(['app x86_64 joined']);
    expect(followed(made)).toEqual(['app s390x after app-1-2, judged']);
    expect(made.leftAlone).toMatchObject([{ arch: 's390x', reason: { kind: 'under-way', nvr: 'app-1-2' } }]);
  });

  test('that runs and must have the fix anyway is tied to the cause, and nothing follows', () => {
    const first = planOf([anImage('app')], inApp);
    const proofs = proofsOf(reasonsFor(first, 'app', 'x86_64'));
    const arches = { x86_64: { stage: 'running', proofs }, s390x: { stage: 'built', proofs } } as const;
    const made = planOf([app('waiting', 'waiting', { arches })], inApp);
    expect(joined(made)).toEqual(['app x86_64 joined', 'app s390x joined']);
    expect(made.followUps).toEqual([]);
    const newer = planOf([app('waiting', 'waiting', { arches })], {
      ...inApp,
      offers: offers(openssl('3.2'), both),
    });
    expect(followed(newer)).toEqual(['app x86_64 after app-1-2, judged', 'app s390x after app-1-2, judged']);
  });

  test('that failed is followed up without a look at it', () => {
    expect(followed(planOf([app('lost', 'lost')], inApp))).toEqual([
      'app x86_64 after app-1-2',
      'app s390x after app-1-2',
    ]);
  });

  test('waits for what another arch of the same build gets, and not for what follows it', () => {
    const lagging = {
      ...inApp,
      offers: offers(openssl('3.1'), ['x86_64']),
      holds: new Set([release('F40')]),
    };
    const waits = planOf([app('waiting', 'carried')], lagging);
    expect(joined(waits)).toEqual(['app x86_64 joined', 'app s390x added']);
    expect(waits.joined[0]?.arches[1]?.reasons).toMatchObject([{ awaited: { offeredFor: ['x86_64'] } }]);
    const follows = planOf([app('running', 'waiting')], lagging);
    expect(joined(follows)).toEqual([]);
    expect(followed(follows)).toEqual(['app x86_64 after app-1-2, judged', 'app s390x after app-1-2']);
  });

  test('is added where the arch was to be carried', () => {
    expect(joined(planOf([app('running', 'carried')], inApp))).toEqual(['app s390x added']);
  });

  test.each<[string, Partial<UnderWay>]>([
    ['the index is being pushed', { frozen: true }],
    [
      'a child is built upon the entry',
      { arches: { x86_64: at('built'), s390x: { stage: 'carried', taken: true } } },
    ],
  ])('is not added where %s: it follows', (_why, more) => {
    const made = planOf([app('built', 'carried', more)], inApp);
    expect(joined(made)).toEqual([]);
    expect(followed(made)).toEqual(['app x86_64 after app-1-2, judged', 'app s390x after app-1-2']);
  });

  test('asked for by a person is taken on while it waits, and follows while it runs', () => {
    const requested = [{ image: named('app'), reason: { kind: 'by-hand' as const, references: [] } }];
    const made = planOf([app('waiting', 'running')], { requested });
    expect(joined(made)).toEqual(['app x86_64 joined']);
    expect(followed(made)).toEqual(['app s390x after app-1-2, judged']);
  });

  test('of another source follows; of the very source it is built already', () => {
    const requested = [{ image: named('app'), reason: { kind: 'source-changed' as const, references: [] } }];
    const changed = planOf([{ ...app('waiting', 'waiting'), treeId: 'another' }], { requested });
    expect(joined(changed)).toEqual([]);
    expect(followed(changed)).toEqual(['app x86_64 after app-1-2', 'app s390x after app-1-2']);
    const same = planOf([app('waiting', 'waiting', { treeId: 'tree' })], { requested });
    expect([joined(same), followed(same)]).toEqual([[], []]);
  });
});

describe('a child', () => {
  const base = (x86_64: Stage, s390x: Stage) =>
    anImage('base', { underWay: underWay('base', x86_64, s390x) });
  const onBase = (x86_64: Stage, s390x: Stage, more: Partial<UnderWay> = {}) =>
    anImage('app', { on: 'base', underWay: underWay('app', x86_64, s390x, { upon: nvr('base'), ...more }) });

  test('that is not being built is planned at once on what its parent is being built to', () => {
    const made = planOf([anImage('app', { on: 'base' }), base('waiting', 'waiting')], inBase);
    expect(joined(made)).toEqual(['base x86_64 joined', 'base s390x joined']);
    expect(built(made)).toEqual(['app: x86_64 s390x']);
    expect(archBuild(made, 'app', 'x86_64')?.parent).toEqual({ kind: 'under-way', image: 'base' });
  });

  test('with a cause of its own stands on what its parent carries, too', () => {
    const made = planOf([anImage('app', { on: 'base' }), base('running', 'carried')], inApp);
    expect(built(made)).toEqual(['app: x86_64 s390x']);
    expect(reasonsFor(made, 'app', 'x86_64').map(({ kind }) => kind)).toEqual(['package', 'inherited']);
    expect(reasonsFor(made, 'app', 's390x').map(({ kind }) => kind)).toEqual(['package']);
    expect(archBuild(made, 'app', 's390x')?.parent).toEqual({ kind: 'under-way', image: 'base' });
  });

  test('waits for the end of a parent that can only fail', () => {
    const made = planOf([anImage('app', { on: 'base' }), base('lost', 'running')], inApp);
    expect(built(made)).toEqual([]);
    expect(followed(made)).toEqual(['app x86_64 after base-1-2', 'app s390x after base-1-2']);
  });

  test('that is planned upon its parent takes on what the parent takes on', () => {
    const made = planOf([onBase('waiting', 'waiting'), base('waiting', 'waiting')], inBase);
    expect(joined(made)).toEqual([
      'base x86_64 joined',
      'base s390x joined',
      'app x86_64 joined',
      'app s390x joined',
    ]);
    expect(made.joined.map(({ moved }) => moved)).toEqual([false, false]);
  });

  test('gets an arch build where its parent gets one', () => {
    const made = planOf([onBase('waiting', 'carried'), base('running', 'carried')], inBase);
    expect(joined(made)).toEqual(['base s390x added', 'app s390x added']);
    expect(followed(made)).toEqual(['base x86_64 after base-1-2, judged']);
  });

  test('of which nothing was begun is moved onto its parent when that is planned', () => {
    const upon = { upon: Nvr.parse('base-1-1') };
    const made = planOf([onBase('waiting', 'waiting', upon), anImage('base')], inBase);
    expect(built(made)).toEqual(['base: x86_64 s390x']);
    expect(made.joined).toMatchObject([{ image: 'app', moved: true }]);
  });

  test('of which something was begun follows its parent later, and takes on what is its own', () => {
    const upon = { upon: Nvr.parse('base-1-1') };
    const made = planOf([onBase('waiting', 'running', upon), anImage('base')], {
      introduced: [...inBase.introduced, ...has('app', openssl('3.0'), 'x86_64' as Arch)],
      offers: inBase.offers,
    });
    expect(joined(made)).toEqual(['app x86_64 joined']);
    expect(made.joined[0]).toMatchObject({ moved: false, arches: [{ reasons: [{ kind: 'package' }] }] });
    expect(followed(made)).toEqual(['app x86_64 after app-1-2', 'app s390x after app-1-2, judged']);
  });
});

test('an image on a parent that was rebuilt meanwhile is built upon it when that is asked for', () => {
  const requested = [{ image: named('app'), reason: { kind: 'parent-rebuilt' as const, references: [] } }];
  const fresh = planOf([anImage('app', { on: 'base' }), anImage('base')], { requested });
  expect(built(fresh)).toEqual([]);
  const baseline = anImage('app').baseline;
  const older = {
    ...baseline?.arches.x86_64,
    parentManifest: anImage('other').baseline?.arches.x86_64?.manifestDigest,
  };
  if (baseline?.arches.x86_64 === undefined) throw new Error('app has a baseline');
  const stale = anImage('app', {
    on: 'base',
    baseline: {
      ...baseline,
      arches: { ...baseline.arches, x86_64: { ...baseline.arches.x86_64, ...older } },
    },
  });
  const made = planOf([stale, anImage('base')], { requested });
  expect(built(made)).toEqual(['app: x86_64']);
  expect(reasonsFor(made, 'app', 'x86_64').map(({ kind }) => kind)).toEqual(['parent-rebuilt']);
});
