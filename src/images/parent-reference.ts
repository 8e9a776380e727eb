/** Whether a name in FROM or `flibs.parent` is an image of ours, an external base, or nothing to build on. */
import { ImageName } from '../../schemas/ids.ts';

export type ParentReference =
  | { readonly kind: 'image'; readonly image: ImageName }
  | { readonly kind: 'external'; readonly pullspec: string }
  | { readonly kind: 'scratch' }
  | { readonly kind: 'problem'; readonly problem: string };

// registry[:port]/path[:tag][@digest], as in the OCI distribution specification.
const externalForm =
  /^(?:localhost|(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d+\/))(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * A bare name is an image of the definitions; whether it exists is for the graph to say. An external base is named
 * with its registry: short names mean another image on another machine.
 */
export const readParentReference = (name: string): ParentReference => {
  if (name === 'scratch') return { kind: 'scratch' };
  const image = ImageName.safeParse(name);
  if (image.success) return { kind: 'image', image: image.data };
  if (name.length <= 512 && externalForm.test(name)) return { kind: 'external', pullspec: name };
  const shown = JSON.stringify(name.slice(0, 200));
  return {
    kind: 'problem',
    problem: `${shown} is neither the name of an image definition nor registry/repository:tag; write an external base with its registry, an image of these definitions by its bare name`,
  };
};
