/** `registry/repository@sha256:...`: how an image or an artifact is named for good. */
import { Digest } from './ids.ts';

export interface Pullspec {
  /** `host[:port]`. */
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** A path component of a repository, from the OCI distribution specification. */
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const form = new RegExp(
  `^((?:localhost|[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:)|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?)/(${component}(?:/${component})*)(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?@(sha256:[0-9a-f]{64})$`,
);

/** Takes a pullspec apart; a tag before the digest is dropped, because the digest decides. Undefined for another form. */
export const parsePullspec = (text: string): Pullspec | undefined => {
  const [, registry, repository, digest] = form.exec(text) ?? [];
  if (registry === undefined || repository === undefined || digest === undefined) return undefined;
  return { registry, repository, digest: Digest.parse(digest) };
};

export const formatPullspec = ({ registry, repository, digest }: Pullspec): string =>
  `${registry}/${repository}@${digest}`;

/** An image by digest, by tag, or by both, of which the digest decides. */
export type Reference = { readonly registry: string; readonly repository: string } & (
  | { readonly digest: Digest; readonly tag?: string | undefined }
  | { readonly digest?: undefined; readonly tag: string }
);

/** Takes `registry/repository:tag`, `registry/repository@sha256:...` or both apart; undefined for another form. */
export const parseReference = (text: string): Reference | undefined => {
  const [, named, tag] = /^(.+\/[^:@]+):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@.+)?$/.exec(text) ?? [];
  const pinned = parsePullspec(text);
  if (pinned !== undefined) return { ...pinned, tag };
  const place = named === undefined || text.includes('@') ? undefined : parseRepository(named);
  return place === undefined || tag === undefined ? undefined : { ...place, tag };
};

/** `registry/repository` taken apart; undefined for another form. */
export const parseRepository = (text: string): { registry: string; repository: string } | undefined => {
  const pullspec = parsePullspec(`${text}@sha256:${'0'.repeat(64)}`);
  return pullspec && { registry: pullspec.registry, repository: pullspec.repository };
};
