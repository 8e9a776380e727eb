import { describe, expect, test } from '@jest/globals';
import { ModuleLabel } from '../../../schemas/content.ts';
import type { Arch } from '../../../schemas/ids.ts';
import type { ModuleOffer } from '../../../src/planning/plan-types.ts';
import { describeReason } from '../../../src/planning/reason.ts';
import { anImage, anRpm, both, built, has, left, offers, planOf, reasonsFor, release } from './fleet.ts';

const label = (version: string, context = 'c1') => ModuleLabel.parse(`node:20:${version}:${context}`);
const listed = (arches: readonly Arch[], ...labels: readonly ModuleLabel[]): readonly ModuleOffer[] =>
  arches.flatMap((arch) => labels.map((each) => ({ distroRelease: release('F40'), arch, label: each })));
const madeFrom = (version: string) =>
  anImage('node', {
    module: { name: 'node:20', madeFrom: Object.fromEntries(both.map((arch) => [arch, label(version)])) },
  });

describe('an image that is a module', () => {
  test('is built from the newest build that is listed, with a reason that names both', () => {
    const made = planOf([madeFrom('9')], {
      modules: listed(both, label('9'), label('10')),
      references: [{ source: label('10'), reference: 'MBS 77' }],
    });
    expect(reasonsFor(made, 'node', 'x86_64').map(describeReason)).toEqual([
      'module node:20:9:c1 -> node:20:10:c1 (MBS 77)',
    ]);
  });

  test('follows on the arches that list a newer one, and carries the others', () => {
    const made = planOf([madeFrom('9')], {
      modules: [...listed(both, label('9')), ...listed(['s390x'], label('10'))],
    });
    expect(built(made)).toEqual(['node: s390x']);
    expect(made.builds[0]?.carried.map(({ arch }) => arch)).toEqual(['x86_64']);
  });

  test.each([
    ['an older build', label('8')],
    ['the same build', label('9')],
    ['another context of the same version', label('9', 'c2')],
  ])('is left alone for %s', (_, other) => {
    const made = planOf([madeFrom('9')], { modules: listed(both, other) });
    expect(made.builds).toEqual([]);
    expect(left(made)).toEqual(['node x86_64: module-not-newer', 'node s390x: module-not-newer']);
  });

  test('is not built where no repository lists it, and what stands on it is blocked', () => {
    const never = anImage('node', { module: { name: 'node:20', madeFrom: {} }, baseline: undefined });
    const made = planOf([never, anImage('app', { on: 'node' })], { modules: listed(['x86_64'], label('9')) });
    expect(built(made)).toEqual(['node: x86_64', 'app: x86_64']);
    expect(left(made)).toEqual(['app s390x: blocked by node', 'node s390x: module-not-listed']);
  });

  test('compares versions as numbers of any length', () => {
    const made = planOf([madeFrom('99999999999999999998')], {
      modules: listed(both, label('99999999999999999999'), label('1')),
    });
    expect(reasonsFor(made, 'node', 's390x')).toMatchObject([{ to: label('99999999999999999999') }]);
  });
});

describe('an arch that lists an older build of the module than another', () => {
  const held = (listedThere: readonly ModuleLabel[], image = madeFrom('9')) =>
    planOf([image], {
      modules: [...listed(['x86_64'], label('9'), label('11')), ...listed(['s390x'], ...listedThere)],
      holds: new Set([release('F40')]),
    });

  test.each([
    ['none that is newer', [label('9')]],
    ['one that is newer, but less so', [label('9'), label('10')]],
    ['one of before what it was made from', [label('8')]],
  ])('waits for it while its own list %s', (_, there) => {
    const made = held(there);
    expect(built(made)).toEqual(['node: x86_64 s390x']);
    const [reason] = reasonsFor(made, 'node', 's390x');
    expect(reason).toMatchObject({ from: label('9'), to: label('11'), awaited: { offeredFor: ['x86_64'] } });
    expect(reason && describeReason(reason)).toBe(
      'module node:20:9:c1 -> node:20:11:c1, so far only for x86_64',
    );
    expect(reasonsFor(made, 'node', 'x86_64')[0]).not.toHaveProperty('awaited');
  });

  test('waits for nothing where the other context is of the same version', () => {
    expect(reasonsFor(held([label('11', 'c2')]), 'node', 's390x')[0]).not.toHaveProperty('awaited');
  });

  test('waits for nothing where its image changed', () => {
    const made = held([label('9')], { ...madeFrom('9'), treeId: 'f'.repeat(40) });
    expect(made.builds.flatMap(({ arches }) => arches.flatMap(({ reasons }) => reasons))).not.toContainEqual(
      expect.objectContaining({ awaited: expect.anything() }),
    );
    expect(built(made)).toEqual(['node: x86_64 s390x']);
  });
});

describe("a module's packages", () => {
  const npm = (version: string, module?: ModuleLabel) => anRpm('npm', version, module ? { module } : {});

  test('are compared within their stream, whatever the build', () => {
    const made = planOf([anImage('app')], {
      introduced: has('app', npm('1', label('9')), 'x86_64'),
      offers: offers(npm('2', label('10', 'c7')), ['x86_64']),
    });
    expect(built(made)).toEqual(['app: x86_64']);
  });

  test.each([
    ['of no module', undefined],
    ['of another stream', ModuleLabel.parse('node:22:11:c1')],
  ])('are no offer for one %s', (_, installed) => {
    const made = planOf([anImage('app')], {
      introduced: has('app', npm('1', installed), 'x86_64'),
      offers: offers(npm('2', label('10')), ['x86_64']),
    });
    expect(made.builds).toEqual([]);
    expect(left(made)).toContain('app x86_64: other-module-stream');
  });
});
