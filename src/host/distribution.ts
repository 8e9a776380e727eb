import { readFile } from 'node:fs/promises';

/** Families of distributions by their package manager. */
export type Distribution = 'debian' | 'fedora';

/**
 * Which family this host is of, by the ID and ID_LIKE of os-release(5).
 *
 * @throws for any other.
 */
export const distributionOf = (osRelease: string): Distribution => {
  const value = (key: string): string =>
    new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  const names = `${value('ID')} ${value('ID_LIKE')}`.toLowerCase().split(/\s+/);
  if (names.includes('debian') || names.includes('ubuntu')) {
    return 'debian';
  }
  if (names.includes('fedora') || names.includes('rhel')) {
    return 'fedora';
  }
  throw new Error(
    `flibs knows the packages it needs for Debian and Fedora; this is ${value('PRETTY_NAME') || 'something else'}. ` +
      'Install what docs name yourself.',
  );
};

export const distribution = async (): Promise<Distribution> =>
  distributionOf(await readFile('/etc/os-release', 'utf8').catch(() => ''));
