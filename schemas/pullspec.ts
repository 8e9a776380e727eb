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

/** `registry/repository` taken apart; undefined for another form. */
export const parseRepository = (text: string): { registry: string; repository: string } | undefined => {
  const pullspec = parsePullspec(`${text}@sha256:${'0'.repeat(64)}`);
  return pullspec && { registry: pullspec.registry, repository: pullspec.repository };
};
