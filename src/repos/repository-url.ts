/** Where a repository lies for one arch, and where its files lie in it. */
import type { RpmRepository } from '../../schemas/files/distro-release.ts';
import type { Arch } from '../../schemas/ids.ts';
import { RepositoryError } from './repository-error.ts';

/** dnf's base arches differ from rpm's arch for these two. */
const basearch: ReadonlyMap<Arch, string> = new Map([
  ['armv7hl', 'armhfp'],
  ['i686', 'i386'],
]);

/** The baseurl with `$basearch`, `$arch` and `$releasever` replaced, and a slash at its end. */
export const baseUrlOf = (repository: RpmRepository, arch: Arch, releasever: string): URL => {
  const values = { basearch: basearch.get(arch) ?? arch, arch, releasever };
  const text = repository.baseurl.replace(
    /\$\{?(basearch|arch|releasever)\b\}?/g,
    (_, name: keyof typeof values) => encodeURIComponent(values[name]),
  );
  return new URL(text.endsWith('/') ? text : `${text}/`);
};

/** A file that metadata names. Metadata is foreign: what it names outside of its repository is refused. */
export const urlWithin = (base: URL, href: string, repository: string): URL => {
  const url = URL.canParse(href, base.href) ? new URL(href, base) : undefined;
  if (url === undefined || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new RepositoryError(
      'malformed',
      { repository, url: base.href },
      `names ${JSON.stringify(href)}, outside of itself`,
    );
  }
  return url;
};
