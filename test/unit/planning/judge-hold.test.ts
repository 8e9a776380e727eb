import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ModuleLabel } from '../../../schemas/content.ts';
import { HoldPolicy } from '../../../schemas/files/distro-release.ts';
import type { Arch } from '../../../schemas/ids.ts';
import {
  type AwaitedFix,
  type AwaitedReason,
  atHand,
  decideHold,
  describeHold,
  type Moment,
} from '../../../src/planning/judge-hold.ts';
import { indexModules } from '../../../src/planning/module-index.ts';
import { indexOffers } from '../../../src/planning/offer-index.ts';
import type { ModuleOffer, Offer } from '../../../src/planning/plan-types.ts';
import type { Reason } from '../../../src/planning/reason.ts';
import { anRpm, evr, named, offers, openssl, release } from './fleet.ts';

const awaited: AwaitedFix = {
  kind: 'package',
  name: 'openssl-libs',
  arch: 'noarch',
  from: evr('3.0'),
  to: evr('3.2'),
  source: 'openssl',
  repositories: ['updates'],
  references: ['FEDORA-2026-1'],
  introducedBy: named('base'),
  awaited: { sourceEvr: '3.2-1', offeredFor: ['x86_64'] },
};
const inherited: Reason = { kind: 'inherited', parent: named('below') };

const place = { distroRelease: release('F40'), arch: 's390x' } as const;
const here = (...versions: string[]): Offer[] =>
  versions.flatMap((version) => offers(openssl(version), ['s390x'], { repository: 'fast' }));

const begun = new Date('2026-01-01T00:00:00.000Z');
const atHour = (hours: number, bestEffort = false): Moment => ({
  since: begun,
  now: new Date(begun.getTime() + hours * 3_600_000),
  bestEffort,
});

const onOffer = (on: readonly Offer[], modules: readonly ModuleOffer[] = []) => ({
  offers: indexOffers(on),
  modules: indexModules(modules),
});

const decided = (
  on: readonly Offer[],
  { reasons = [awaited], moment = atHour(1), ahead = there('3.2'), modules = [], ...policy }: Given = {},
) => decideHold(reasons, place, onOffer([...ahead, ...on], modules), moment, HoldPolicy.parse(policy));

/** On offer for the arch that is ahead. */
const there = (...versions: string[]): readonly Offer[] =>
  versions.flatMap((version) => offers(openssl(version), ['x86_64']));

interface Given extends Partial<HoldPolicy> {
  readonly ahead?: readonly Offer[];
  readonly reasons?: readonly Reason[];
  readonly moment?: Moment;
  readonly modules?: readonly ModuleOffer[];
}

describe('an arch build that is held', () => {
  test('waits while nothing has changed', () => {
    const outcome = decided(here('3.0', '3.1'), { reasons: [inherited, awaited] });
    expect(outcome).toMatchObject({ kind: 'waits', reasons: [inherited, awaited], alarm: false });
  });

  test('goes on for what is on offer now, which may be newer still', () => {
    const { awaited: _, ...reason } = awaited;
    expect(decided(here('3.2'))).toMatchObject({
      kind: 'goes-on',
      reasons: [{ ...reason, repositories: ['fast'] }],
      awaited: [],
    });
    const [newer] = decided(here('3.2', '3.3')).reasons;
    expect(newer).toMatchObject({ to: evr('3.3') });
    expect(newer).not.toHaveProperty('awaited');
  });

  test('waits until all of it is there', () => {
    const glibc = { ...awaited, name: 'glibc', source: 'glibc' };
    const ahead = [...there('3.2'), ...offers(anRpm('glibc', '3.2'), ['x86_64'])];
    expect(decided(here('3.2'), { ahead, reasons: [glibc, awaited] })).toMatchObject({
      kind: 'waits',
      awaited: [glibc],
    });
  });

  test('stays as it is in the baseline where its source came without it', () => {
    const other = offers(openssl('3.2', { name: 'openssl' }), ['s390x']);
    expect(decided(other)).toMatchObject({ kind: 'unchanged', reasons: [], notOffered: [awaited] });
    expect(decided(other, { reasons: [inherited, awaited] })).toMatchObject({
      kind: 'goes-on',
      reasons: [inherited],
    });
  });

  test('waits no longer for what no arch has on offer any more', () => {
    const ahead = there('3.1');
    expect(decided([], { ahead })).toMatchObject({ kind: 'unchanged', gone: [awaited], awaited: [] });
    expect(decided(here('3.1'), { ahead })).toMatchObject({ kind: 'goes-on', reasons: [{ to: evr('3.1') }] });
    expect(decided([], { ahead: there('3.3') })).toMatchObject({ kind: 'waits', gone: [] });
    const glibc = { ...awaited, name: 'glibc', source: 'glibc' };
    expect(decided([], { reasons: [glibc, awaited] })).toMatchObject({
      kind: 'waits',
      reasons: [awaited],
      gone: [glibc],
    });
  });

  test('is told once its time is up, waits in silence, or is dropped, as the distro release says', () => {
    const moment = atHour(6);
    expect(decided([], { moment })).toMatchObject({ kind: 'waits', alarm: true });
    expect(decided([], { moment, atDeadline: 'wait' })).toMatchObject({ kind: 'waits', alarm: false });
    expect(decided([], { moment, atDeadline: 'drop' })).toMatchObject({
      kind: 'dropped',
      givenUp: [awaited],
    });
    expect(decided([], { moment: atHour(5.9), atDeadline: 'drop' })).toMatchObject({ kind: 'waits' });
    expect(decided([], { moment, hours: 7, atDeadline: 'drop' })).toMatchObject({ kind: 'waits' });
  });

  test('is dropped where its index does not need it, and where nothing is held any more', () => {
    expect(decided([], { moment: atHour(6, true) })).toMatchObject({ kind: 'dropped' });
    expect(decided([], { moment: atHour(0), hours: 0 })).toMatchObject({ kind: 'dropped' });
  });

  test('is built at its deadline for the rest, and for what is newer here though not the newest', () => {
    const moment = atHour(6);
    expect(decided([], { moment, reasons: [inherited, awaited], atDeadline: 'drop' })).toMatchObject({
      kind: 'goes-on',
      reasons: [inherited],
      givenUp: [awaited],
    });
    expect(decided(here('3.1'), { moment, atDeadline: 'drop' })).toMatchObject({
      kind: 'goes-on',
      reasons: [{ to: evr('3.1'), repositories: ['fast'] }],
    });
  });

  test('says what it waits for, until when, and what then', () => {
    const text = (moment: Moment, policy: Partial<HoldPolicy> = {}) =>
      describeHold([awaited], moment, HoldPolicy.parse(policy));
    const what = 'waits for openssl-libs-3.2-1.noarch, so far on offer only for x86_64';
    expect(text(atHour(1))).toBe(`${what}; until 2026-01-01T06:00:00.000Z`);
    expect(text(atHour(1), { atDeadline: 'drop' })).toBe(
      `${what}; until 2026-01-01T06:00:00.000Z, then goes on without`,
    );
    expect(text(atHour(6))).toBe(`${what}; overdue since 2026-01-01T06:00:00.000Z`);
  });

  test('is explained by what there is of the package', () => {
    expect(atHand(awaited, place, onOffer(here('3.1')))).toEqual({
      name: 'openssl-libs',
      arch: 'noarch',
      source: 'openssl',
      installed: evr('3.0'),
      offered: evr('3.1'),
      elsewhere: ['x86_64'],
    });
  });
});

describe('an arch build that is held for a build of a module', () => {
  const label = (version: string, context = 'c1') => ModuleLabel.parse(`node:20:${version}:${context}`);
  const module: AwaitedReason = {
    kind: 'module',
    from: label('1'),
    to: label('3'),
    references: ['MBS 7'],
    awaited: { offeredFor: ['x86_64'] },
  };
  const ahead = { ...place, arch: 'x86_64', label: label('3') } as const;
  const listed = (...labels: ModuleLabel[]) => ({
    reasons: [module],
    modules: [ahead, ...labels.map((each) => ({ ...place, label: each }))],
  });
  const { awaited: _, ...wanted } = module;

  test('waits while its repositories list older ones', () => {
    expect(decided([], listed(label('1'), label('2')))).toMatchObject({ kind: 'waits', awaited: [module] });
  });

  test('goes on with the one that is listed, in whatever context, or a newer one', () => {
    for (const to of [label('3', 'c9'), label('4')])
      expect(decided([], listed(to))).toMatchObject({ kind: 'goes-on', reasons: [{ ...wanted, to }] });
  });

  test('takes at the deadline what is newer all the same, else is dropped', () => {
    const late = { moment: atHour(6), atDeadline: 'drop' } as const;
    expect(decided([], { ...listed(label('2')), ...late })).toMatchObject({
      kind: 'goes-on',
      reasons: [{ to: label('2') }],
      givenUp: [module],
    });
    expect(decided([], { ...listed(label('1')), ...late }).kind).toBe('dropped');
  });

  test('waits no longer once no arch lists it any more', () => {
    const modules = [{ ...ahead, label: label('2') }];
    expect(decided([], { reasons: [inherited, module], modules })).toMatchObject({
      kind: 'goes-on',
      reasons: [inherited],
      gone: [module],
    });
  });

  test('says what it waits for', () => {
    expect(describeHold([module], atHour(1), HoldPolicy.parse({}))).toBe(
      'waits for module node:20:3:c1, so far listed only for x86_64; until 2026-01-01T06:00:00.000Z',
    );
  });
});

describe('for any reasons and offers', () => {
  const reasons = fc.array(
    fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        to: fc.integer({ min: 2, max: 4 }),
        held: fc.boolean(),
      })
      .map(({ name, to, held }): Reason => {
        const { awaited: hold, ...rest } = awaited;
        const reason = { ...rest, name, source: name, to: evr(String(to)) };
        return held ? { ...reason, awaited: { ...hold, sourceEvr: `${to}-1` } } : reason;
      }),
    { minLength: 1, maxLength: 4 },
  );
  const listedFor = (arch: Arch) =>
    fc
      .array(
        fc
          .record({ name: fc.constantFrom('a', 'b', 'c'), version: fc.integer({ min: 1, max: 4 }) })
          .map(({ name, version }) => offers(anRpm(name, String(version)), [arch])),
      )
      .map((all) => all.flat());
  const any = fc.record({
    reasons,
    on: listedFor('s390x'),
    ahead: listedFor('x86_64'),
    hours: fc.integer({ min: 0, max: 12 }),
    atDeadline: fc.constantFrom('wait', 'drop', 'alarm'),
    bestEffort: fc.boolean(),
  });
  const outcomeOf = ({
    on,
    hours,
    bestEffort,
    ...given
  }: typeof any extends fc.Arbitrary<infer T> ? T : never) =>
    decided(on, { ...given, moment: atHour(hours, bestEffort) });

  test('nothing is lost: each reason is left, awaited, not offered, gone or given up', () => {
    fc.assert(
      fc.property(any, (given) => {
        const { kind, reasons: rest, awaited: waiting, notOffered, gone, givenUp } = outcomeOf(given);
        const ended = kind === 'waits' ? [...notOffered, ...gone] : [...notOffered, ...gone, ...givenUp];
        expect(rest.length + ended.length).toBeGreaterThanOrEqual(given.reasons.length);
        expect(kind === 'waits').toBe(waiting.length > 0);
        expect(kind === 'goes-on' || kind === 'waits').toBe(rest.length > 0);
      }),
    );
  });

  test('what goes on waits for nothing, and deciding once more changes nothing', () => {
    fc.assert(
      fc.property(any, (given) => {
        const outcome = outcomeOf(given);
        if (outcome.kind === 'goes-on')
          for (const reason of outcome.reasons) expect(reason).not.toHaveProperty('awaited');
        if (outcome.reasons.length === 0) return;
        const again = outcomeOf({ ...given, reasons: [...outcome.reasons] });
        expect(again).toMatchObject({ kind: outcome.kind, reasons: outcome.reasons });
      }),
    );
  });
});
