import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Arch } from '../../../schemas/ids.ts';
import { plan } from '../../../src/planning/plan.ts';
import type { PlanInput } from '../../../src/planning/plan-types.ts';
import { describeReason } from '../../../src/planning/reason.ts';
import {
  anImage,
  archBuild,
  both,
  built,
  evr,
  fleet,
  has,
  left,
  offers,
  openssl,
  planOf,
  reasonsFor,
  release,
} from './fleet.ts';
import { inputOf, pairsOf, worlds } from './world.ts';

const late: Arch = 's390x';

/** On offer newer for x86_64 only, unless told otherwise. */
const planned = (input: Partial<PlanInput> = {}, images = fleet) =>
  planOf(images, {
    introduced: has('base', openssl('3.0'), ...both),
    offers: [...offers(openssl('3.1'), ['x86_64']), ...offers(openssl('3.0'), [late])],
    holds: new Set([release('F40')]),
    ...input,
  });

describe('an arch whose repositories lag', () => {
  test('is planned with what another arch has on offer, and what stands upon it too', () => {
    const made = planned();
    expect(built(made)).toEqual(['base: x86_64 s390x', 'runtime: x86_64 s390x', 'app: x86_64 s390x']);
    const [reason] = reasonsFor(made, 'base', late);
    expect(reason).toMatchObject({
      kind: 'package',
      from: evr('3.0'),
      to: evr('3.1'),
      awaited: { sourceEvr: '3.1-1', offeredFor: ['x86_64'] },
    });
    expect(reason && describeReason(reason)).toBe(
      'openssl-libs.noarch 3.0-1 -> 3.1-1 from openssl in updates, so far only for x86_64, introduced by base',
    );
    expect(reasonsFor(made, 'base', 'x86_64')[0]).not.toHaveProperty('awaited');
    expect(archBuild(made, 'app', late)?.parent).toEqual({ kind: 'planned', image: 'runtime' });
  });

  test('waits for the newest, though something newer is on offer to it', () => {
    const between = [...offers(openssl('3.2'), ['x86_64']), ...offers(openssl('3.1'), [late])];
    const [reason] = reasonsFor(planned({ offers: between }), 'base', late);
    expect(reason).toMatchObject({ to: evr('3.2'), awaited: { offeredFor: ['x86_64'] } });
  });

  test('names every arch that is ahead of it', () => {
    const three: readonly Arch[] = ['x86_64', 'aarch64', late];
    const made = planned(
      {
        introduced: has('base', openssl('3.0'), ...three),
        offers: offers(openssl('3.1'), ['aarch64', 'x86_64']),
      },
      [anImage('base', { arches: three })],
    );
    expect(reasonsFor(made, 'base', late)[0]).toMatchObject({
      awaited: { offeredFor: ['x86_64', 'aarch64'] },
    });
  });

  test('waits for its own arch of the package', () => {
    const on = (arch: Arch, version: string) => openssl(version, { arch });
    const made = planned({
      introduced: both.flatMap((arch) => has('base', on(arch, '3.0'), arch)),
      offers: offers(on('x86_64', '3.1'), ['x86_64']),
    });
    expect(reasonsFor(made, 'base', late)[0]).toMatchObject({ arch: late, awaited: {} });
  });

  test('is not held for what its source came without', () => {
    const other = openssl('3.1', { name: 'openssl' });
    const made = planned({ offers: [...offers(openssl('3.1'), ['x86_64']), ...offers(other, [late])] });
    expect(built(made)).toEqual(['base: x86_64', 'runtime: x86_64', 'app: x86_64']);
    expect(left(made)).toContain('base s390x: not-offered');
    expect(made.leftAlone.find(({ reason }) => reason.kind === 'not-offered')?.text).toBe(
      'not offered: its source is on offer newer for this arch, without the package: openssl-libs-3.0-1.noarch (newer only for x86_64)',
    );
  });

  test('is not held for an older build of the source that came without it', () => {
    const older = openssl('3.0', { name: 'openssl' });
    const made = planned({ offers: [...offers(openssl('3.1'), ['x86_64']), ...offers(older, [late])] });
    expect(reasonsFor(made, 'base', late)).toHaveLength(1);
  });

  test('is not held for what is in another module stream', () => {
    const inModule = (stream: string) => ({ module: `m:${stream}:1:c` });
    const made = planned({
      introduced: [
        ...has('base', openssl('3.0', inModule('1')), 'x86_64'),
        ...has('base', openssl('3.0', inModule('2')), late),
      ],
      offers: offers(openssl('3.1', inModule('1')), ['x86_64']),
    });
    expect(built(made)[0]).toBe('base: x86_64');
  });

  test('is carried forward where nothing is held', () => {
    expect(built(planned({ holds: new Set() }))[0]).toBe('base: x86_64');
  });

  test('is not held where the source changed: that is built on all arches as they are', () => {
    const made = planned({}, [anImage('base', { treeId: 'f'.repeat(40) })]);
    expect(built(made)).toEqual(['base: x86_64 s390x']);
    expect(reasonsFor(made, 'base', late)).toEqual([{ kind: 'source-changed', references: [] }]);
  });

  test('is not held for an arch that cannot be built', () => {
    const images = [anImage('below', { arches: [late] }), anImage('base', { on: 'below' })];
    const made = planned({}, images);
    expect(built(made)).toEqual([]);
    expect(left(made)).toEqual([
      'base x86_64: blocked by below',
      'base s390x: nothing-newer',
      'below: without-it',
    ]);
  });

  test('is left alone where no arch of its image is ahead of it', () => {
    const ahead = has('other', openssl('3.0'), 'x86_64');
    const made = planned({ introduced: [...has('base', openssl('3.0'), late), ...ahead] });
    expect(built(made)).toEqual(['other: x86_64']);
    expect(left(made)).toContain('base s390x: nothing-newer');
  });
});

describe('for any forest, arches, contents and offers', () => {
  const runs = { numRuns: 100 };
  const withHolds = (input: PlanInput) =>
    plan({ ...input, holds: new Set([release('F40'), release('F41')]) });

  test('holding adds arches of images that are planned anyway, and takes none away', () => {
    fc.assert(
      fc.property(worlds('plain'), (world) => {
        const without = plan(inputOf(world));
        const made = withHolds(inputOf(world));
        expect(pairsOf(made)).toEqual(expect.arrayContaining([...pairsOf(without)]));
        const owners = new Set(without.order);
        for (const { image, arches } of made.builds)
          if (arches.some(({ reasons }) => reasons.some(isHeld))) expect(owners).toContain(image);
      }),
      runs,
    );
  });

  const isHeld = (reason: object) => 'awaited' in reason;

  test('what is awaited is on offer exactly for the arches that it names, and newer than anything here', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        for (const { image, arches } of withHolds(inputOf(world)).builds) {
          for (const { arch, reasons } of arches) {
            for (const reason of reasons) {
              if (reason.kind !== 'package' || reason.awaited === undefined) continue;
              const { offeredFor } = reason.awaited;
              expect(offeredFor).not.toContain(arch);
              const definition = world.images.find(({ name }) => name === image);
              const on = world.offers.filter(
                ({ distroRelease, rpm }) =>
                  distroRelease === definition?.distroRelease &&
                  rpm.name === reason.name &&
                  rpm.version === reason.to.version,
              );
              for (const one of offeredFor) expect(on.map((offer) => offer.arch)).toContain(one);
            }
          }
        }
      }),
      runs,
    );
  });

  test('where all arches are on offer alike, nothing is held', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        const arches: readonly Arch[] = ['x86_64', 'aarch64', 's390x'];
        const input = inputOf(world);
        const everywhere = input.offers.flatMap((offer) => arches.map((arch) => ({ ...offer, arch })));
        const alike = { ...input, offers: everywhere };
        expect(withHolds(alike)).toEqual(plan(alike));
      }),
      runs,
    );
  });

  test('the order in which it is told things does not matter', () => {
    fc.assert(
      fc.property(worlds('any'), (world) => {
        const input = inputOf(world);
        const turned = {
          ...input,
          images: input.images.map((image) => ({ ...image, arches: image.arches.toReversed() })),
          introduced: input.introduced.toReversed(),
          offers: input.offers.toReversed(),
        };
        expect(withHolds(turned)).toEqual(withHolds(input));
      }),
      runs,
    );
  });
});
