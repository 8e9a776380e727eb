import { describe, expect, test } from '@jest/globals';
import { distributionOf } from '../../../src/host/distribution.ts';
import { prerequisites, remedy } from '../../../src/host/prerequisites.ts';

const named = (...names: string[]) => prerequisites.filter((one) => names.includes(one.package.debian));

describe('the distribution', () => {
  test.each([
    ['debian', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n'],
    ['debian', 'ID=ubuntu\nID_LIKE=debian\n'],
    ['fedora', 'NAME="Fedora Linux"\nID=fedora\n'],
    ['fedora', 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n'],
  ])('is %s by its os-release', (family, osRelease) => {
    expect(distributionOf(osRelease)).toBe(family);
  });

  test('that is unknown is named in the error', () => {
    expect(() => distributionOf('ID=plan9\nPRETTY_NAME="Plan 9"\n')).toThrow(/this is Plan 9/);
  });
});

describe('the one command that a person is told to run', () => {
  test('installs what is missing, each package once', () => {
    const missing = { packages: named('rpm', 'buildah'), arches: [] };
    expect(remedy(missing, 'debian')).toBe(
      "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends buildah rpm'",
    );
    expect(remedy(missing, 'fedora')).toBe(
      "sudo sh -c 'dnf install --assumeyes --setopt=install_weak_deps=False buildah rpm rpm-build rpm-sign'",
    );
  });

  test('registers qemu-user for the architectures that do not run', () => {
    expect(remedy({ packages: [], arches: ['s390x'] }, 'debian')).toMatch(
      /mount -t binfmt_misc .* for a in s390x; do cat .*qemu-\$a\*\.conf > .*register; done'$/,
    );
  });
});

test('every prerequisite says what it is for', () => {
  expect(prerequisites.filter(({ purpose }) => purpose.trim() === '')).toEqual([]);
});
