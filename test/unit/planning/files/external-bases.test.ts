import { describe, expect, test } from '@jest/globals';
import { built, image, left, offered, packages, plannedOnBases } from './an-inventory.ts';

const openssl = (version: string, arch = 'x86_64') => ({
  nevra: `openssl-libs-1:${version}-1.fc40.${arch}`,
  source: `openssl-${version}-1.fc40.src.rpm`,
});
const fix = offered([openssl('3.1')]);

describe('an image on an external base that the inventory lists', () => {
  const pullspec = 'registry.example.org/fedora:40';
  const base = { pullspec, arches: { x86_64: { rpms: [openssl('3.0')] } } };
  const parents = [{ kind: 'external' as const, pullspec }];
  const app = image('app', { parents, rpms: [openssl('3.0'), 'app-1-1.x86_64'] });
  const security = { ...packages('openssl'), severity: 'important' as const };

  test('brings in a security update of what it has from there', () => {
    expect(built(plannedOnBases([base], [app], [fix], security))).toEqual([
      `app x86_64 on ${pullspec}: base-package`,
    ]);
  });

  test('leaves other updates to the base', () => {
    expect(left(plannedOnBases([base], [app], [fix], packages('openssl')))).toEqual([
      'app x86_64: external-base',
    ]);
  });

  test('does so always, or never, by its policy', () => {
    const always = { ...app, policy: { upgradeInherited: 'always' as const } };
    const never = { ...app, policy: { upgradeInherited: 'never' as const } };
    expect(built(plannedOnBases([base], [always], [fix], packages('openssl')))).toHaveLength(1);
    expect(built(plannedOnBases([base], [never], [fix], security))).toEqual([]);
  });

  test('is not asked for what it replaced itself', () => {
    const replaced = image('app', { parents, rpms: [openssl('3.1')] });
    expect(built(plannedOnBases([base], [replaced], [fix], security))).toEqual([]);
  });

  test('is rebuilt when it was made on another state of the base', () => {
    const older = `sha256:${'0'.repeat(64)}`;
    const made = image('app', {
      parents,
      arches: { x86_64: { introduced: ['app-1-1.x86_64'], builtOn: older } },
    });
    const before = { x86_64: { rpms: [openssl('2.9')], manifestDigest: older } };
    expect(built(plannedOnBases([{ ...base, older: [before] }], [made], [fix], security))).toEqual([
      `app x86_64 on ${pullspec}: base-moved base-package`,
    ]);
  });
});
