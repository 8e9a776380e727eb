/**
 * Keeps web pages out: whoever reaches the API may read, so a page in a browser on this machine must not reach it,
 * neither by a name that resolves to loopback (DNS rebinding) nor by a form.
 */
import { isIP } from 'node:net';

const nameOf = (host: string): string => {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();
};

/** Why a request is refused; undefined when it is not. */
export const refusal = (
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  configuredHost: string,
): string | undefined => {
  const name = nameOf(headers.host ?? '');
  // An address cannot be rebound: a browser only sends one that its user went to.
  const known = isIP(name) !== 0 || name === 'localhost' || name === configuredHost.toLowerCase();
  if (!known) return `the Host header names ${JSON.stringify(name.slice(0, 100))}, which is not this machine`;
  if (headers.origin !== undefined) return 'requests of web pages are not answered';
  return undefined;
};
