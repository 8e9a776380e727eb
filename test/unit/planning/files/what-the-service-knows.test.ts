/** `flibs plan` on what else a service goes by: withdrawals, holds, best effort, rules and pauses. */
import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { Change } from '../../../../schemas/files/change.ts';
import { Inventory } from '../../../../schemas/files/inventory.ts';
import type { PlanAnswer } from '../../../../src/planning/files/answer.ts';
import { planFiles } from '../../../../src/planning/files/plan-files.ts';
import {
  built,
  type ImageFile,
  image,
  left,
  type NominationFile,
  offered,
  packages,
} from './an-inventory.ts';

const openssl = (version: string, arch = 'x86_64') => ({
  nevra: `openssl-libs-1:${version}-1.fc40.${arch}`,
  source: `openssl-${version}-1.fc40.src.rpm`,
});
const fix = offered([openssl('3.1')]);
const nominated = packages('openssl');

type InventoryFile = z.input<typeof Inventory>;

const answer = (
  images: readonly ImageFile[],
  inventory: Partial<InventoryFile>,
  nominations: readonly NominationFile[] = [nominated],
  at?: string,
): PlanAnswer =>
  planFiles(
    Inventory.parse({ schemaVersion: 1, images, offers: [fix], ...inventory }),
    Change.parse({ schemaVersion: 1, nominations, ...(at !== undefined && { at }) }),
  );

/** `base x86_64: the reason in words`. */
const texts = ({ leftAlone }: PlanAnswer): readonly string[] =>
  leftAlone.map(({ image: name, arch = 'all', text }) => `${name} ${arch}: ${text}`);

const base = image('base', { rpms: [openssl('3.0')] });
const leaf = image('leaf', { on: 'base', rpms: [openssl('3.0')] });

describe('a withdrawn build', () => {
  const withdrawal: NominationFile = {
    kind: 'withdrawal',
    distroRelease: 'F40',
    sources: [{ name: 'openssl', version: '3.0', release: '1.fc40' }],
    reference: 'f40-updates',
  };
  const older = { offers: [offered([openssl('2.9')])] };
  const rebuilds = { ...base, policy: { onWithdrawal: 'rebuild' as const } };

  test('is told of by those that hold it, which are left alone', () => {
    const made = answer([base, leaf], older, [withdrawal]);
    expect(built(made)).toEqual([]);
    expect(left(made)).toEqual(['base x86_64: withdrawn', 'leaf x86_64: withdrawn']);
    expect(made.alarms).toEqual(
      ['base', 'leaf'].map((name) => ({
        image: name,
        arch: 'x86_64',
        package: 'openssl-libs-1:3.0-1.fc40.x86_64',
        build: 'openssl-3.0-1.fc40',
        references: ['f40-updates'],
      })),
    );
  });

  test('is replaced by what is on offer where the image says so, and what stands on it follows', () => {
    const made = answer([rebuilds, leaf], older, [withdrawal, withdrawal]);
    expect(built(made)).toEqual(['base x86_64 on -: withdrawn', 'leaf x86_64 on base: inherited']);
    expect(made.builds[0]?.arches[0]?.proofs).toMatchObject([{ withdrawn: { version: '3.0' } }]);
    expect(made).not.toHaveProperty('alarms');
  });

  test('that is on offer all the same is left alone with that reason', () => {
    const made = answer([rebuilds], { offers: [offered([openssl('3.0')])] }, [withdrawal]);
    expect(left(made)).toEqual(['base x86_64: withdrawal-outdated']);
  });

  test('that nobody holds is remarked upon', () => {
    const [source] = withdrawal.sources;
    const another = { ...withdrawal, sources: [{ ...source, name: 'opensl', version: '3.0', release: '1' }] };
    expect(answer([base], older, [another]).remarks).toEqual([
      { at: 'nominations.0.sources.0', text: 'no image of F40 holds anything of opensl-3.0-1' },
    ]);
  });

  test('counts in its own distro release only', () => {
    const there = { ...base, distroRelease: 'F41' };
    expect(left(answer([there], older, [withdrawal]))).toEqual(['base: without-it']);
  });
});

describe('an arch whose repositories lag', () => {
  const arches = { x86_64: { rpms: [openssl('3.0')] }, s390x: { rpms: [openssl('3.0', 's390x')] } };
  const two = image('base', { arches });
  const held = (inventory: Partial<InventoryFile>, one = two) =>
    answer([one], inventory).builds[0]?.arches.map(({ arch, held: hold }) => `${arch} ${hold?.text ?? '-'}`);
  const awaits = 'waits for openssl-libs-1:3.1-1.fc40.s390x, so far on offer only for x86_64';

  test('waits where its distro release lets arches wait, as long as that says', () => {
    expect(held({ distroReleases: [{ name: 'F40' }] })).toEqual([
      'x86_64 -',
      `s390x ${awaits}; overdue after 6 hours, which is told`,
    ]);
    expect(held({ distroReleases: [{ name: 'F40', hold: { hours: 2, atDeadline: 'wait' } }] })).toEqual([
      'x86_64 -',
      `s390x ${awaits}; overdue after 2 hours`,
    ]);
  });

  test('is dropped at its deadline where it may fail', () => {
    expect(held({ distroReleases: [{ name: 'F40' }] }, { ...two, bestEffort: ['s390x'] })).toEqual([
      'x86_64 -',
      `s390x ${awaits}; after 6 hours it goes on without`,
    ]);
  });

  test.each([
    ['nothing is said of its distro release', {}],
    ['another one waits', { distroReleases: [{ name: 'F41' }] }],
    ['its distro release waits no time', { distroReleases: [{ name: 'F40', hold: { hours: 0 } }] }],
  ])('is carried forward where %s', (_, inventory: Partial<InventoryFile>) => {
    const [build] = answer([two], inventory).builds;
    expect(build?.arches.map(({ arch }) => arch)).toEqual(['x86_64']);
    expect(build?.carried).toEqual([{ arch: 's390x', nvr: 'base-1-1' }]);
  });
});

describe('an arch that fails', () => {
  const both = (one: object = {}) => ({
    x86_64: { rpms: [openssl('3.0')] },
    s390x: { rpms: [openssl('3.0', 's390x')], ...one },
  });
  const offers = [fix, offered([openssl('3.1', 's390x')], { arch: 's390x' })];
  const failing = image('base', { arches: both({ failing: true }) });
  const above = image('leaf', { on: 'base', arches: both() });

  test('does not stop the others where it may fail: the index keeps what it has, and so does what stands on it', () => {
    const made = answer([{ ...failing, bestEffort: ['s390x'] }, above], { offers });
    expect(built(made)).toEqual(['base x86_64 on -: package', 'leaf x86_64 on base: inherited']);
    expect(made.builds.map(({ carried }) => carried.map(({ arch }) => arch))).toEqual([['s390x'], ['s390x']]);
    expect(left(made)).toEqual(['base s390x: failing', 'leaf s390x: blocked by base']);
  });

  test('stops them all where it must be in the index', () => {
    const made = answer([failing, above], { offers });
    expect(built(made)).toEqual([]);
    expect(texts(made).filter((text) => text.startsWith('base'))).toEqual([
      expect.stringMatching(/^base x86_64: builds of it fail on s390x; otherwise: openssl-libs/),
      expect.stringMatching(/^base s390x: builds of it fail on s390x; otherwise: openssl-libs/),
    ]);
  });

  test('is left out where nothing can be kept of it, which the build tells', () => {
    const made = answer([{ ...failing, bestEffort: ['s390x'], sourceChanged: true }], { offers });
    expect(made.builds[0]).toMatchObject({ carried: [], lacks: ['s390x'] });
  });

  test('or was left out before, is tried again with the others', () => {
    const absent = image('base', {
      bestEffort: ['s390x'],
      arches: { x86_64: { rpms: [openssl('3.0')] }, s390x: {} },
    });
    const made = answer([absent], { offers });
    expect(built(made)).toEqual(['base x86_64 on -: package', 'base s390x on -: never-built']);
    expect(made.builds[0]?.arches.map(({ bestEffort }) => bestEffort)).toEqual([undefined, true]);
  });
});

describe('rules that say whether', () => {
  test('leave alone what they deny, with the reason, and block what is upon it', () => {
    const made = answer([base, leaf], { rules: [{ name: 'not-base', action: 'deny', image: ['base'] }] });
    expect(texts(made)).toEqual([
      expect.stringMatching(/^base x86_64: denied by rule not-base; otherwise: openssl-libs/),
      'leaf x86_64: blocked by base',
    ]);
  });

  test('know the type and severity of an update', () => {
    const rules: InventoryFile['rules'] = [
      { name: 'grave', action: 'allow', update: ['security'], severity: ['critical'] },
    ];
    const update = { ...nominated, updateType: 'security' as const };
    expect(built(answer([base], { rules }, [{ ...update, severity: 'critical' }]))).toHaveLength(1);
    expect(texts(answer([base], { rules }, [{ ...update, severity: 'low' }]))).toEqual([
      expect.stringMatching(/^base x86_64: no rule allows it; otherwise: /),
    ]);
  });

  test('keep a person from nothing, unless they are for people too', () => {
    const asked: NominationFile = { kind: 'manual', images: ['base'] };
    const deny = { name: 'no', action: 'deny' as const, image: ['*'] };
    expect(built(answer([base], { rules: [deny] }, [asked]))).toHaveLength(1);
    expect(left(answer([base], { rules: [{ ...deny, people: true }] }, [asked]))).toEqual([
      'base x86_64: denied',
    ]);
  });
});

describe('rules that say when', () => {
  const freeze = {
    name: 'beta',
    action: 'freeze' as const,
    image: ['*'],
    from: '2026-01-01T00:00:00Z',
    until: '2026-01-08T00:00:00Z',
  };
  const window = { name: 'night', action: 'window' as const, image: ['base'], from: '22:00', to: '04:00' };
  const limit = { name: 'slow', action: 'limit' as const, image: ['leaf'], perHour: 2 };
  const waits = (at?: string) =>
    Object.fromEntries(
      answer([base, leaf], { rules: [freeze, window, limit] }, [nominated], at).builds.map(
        ({ image: name, arches }) => [name, (arches[0]?.waits ?? []).map(({ text }) => text)],
      ),
    );

  test('are told with what they keep, as they are at the time that the change gives', () => {
    expect(waits('2026-01-02T12:00:00Z')).toEqual({
      base: [
        'frozen by rule beta until 2026-01-08T00:00:00.000Z',
        'kept for its window by rule night until 2026-01-02T22:00:00.000Z',
      ],
      leaf: ['frozen by rule beta until 2026-01-08T00:00:00.000Z', 'rule slow lets 2 start in an hour'],
    });
    expect(waits('2026-02-02T23:00:00Z')).toEqual({ base: [], leaf: ['rule slow lets 2 start in an hour'] });
  });

  test('are told in their own words where it gives none', () => {
    expect(waits()['base']).toEqual([
      'frozen by rule beta from 2026-01-01T00:00:00Z until 2026-01-08T00:00:00Z',
      'kept for the window of rule night: every day, 22:00-04:00 UTC',
    ]);
  });
});

describe('a pause', () => {
  const by = { by: 'ann', reason: 'mending' };

  test('of an image leaves it alone, whoever asks', () => {
    const pauses: InventoryFile['pauses'] = [{ scope: 'image', image: 'base', ...by }];
    const made = answer([base, leaf], { pauses }, [nominated, { kind: 'manual', images: ['base'] }]);
    expect(texts(made)).toEqual([
      expect.stringMatching(/^base x86_64: paused by ann: mending; otherwise: /),
      'leaf x86_64: blocked by base',
    ]);
  });

  test('of automatic rebuilds lets people build', () => {
    const pauses: InventoryFile['pauses'] = [{ scope: 'automatic', ...by }];
    expect(texts(answer([base], { pauses }))).toEqual([
      expect.stringMatching(/^base x86_64: automatic rebuilds are paused by ann: mending; otherwise: /),
    ]);
    expect(built(answer([base], { pauses }, [{ kind: 'manual', images: ['base'] }]))).toHaveLength(1);
  });

  test('of everything plans all, which waits', () => {
    const [build] = answer([base], { pauses: [{ scope: 'everything', ...by }] }).builds;
    expect(build?.arches[0]?.waits).toEqual([
      { kind: 'paused', text: 'everything is paused by ann: mending' },
    ]);
  });

  test('is over at its time', () => {
    const pauses: InventoryFile['pauses'] = [
      { scope: 'image', image: 'base', until: '2026-01-02T00:00:00Z', ...by },
    ];
    expect(built(answer([base], { pauses }, [nominated], '2026-01-01T23:59:59Z'))).toEqual([]);
    expect(built(answer([base], { pauses }, [nominated], '2026-01-02T00:00:00Z'))).toHaveLength(1);
  });
});
