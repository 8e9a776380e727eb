/** Since when bus or store are there, or away. */
import type { ProcessStatus } from '../../api/wire/status.ts';

type Link = ProcessStatus['bus'];

/**
 * @param listen - calls its listener whenever the state may have changed
 * @returns how the link stands now
 */
export const watchLink = (
  read: () => Omit<Link, 'since'>,
  listen: (listener: () => void) => void,
): (() => Link) => {
  let connected = read().connected;
  let since = new Date();
  const look = (): Link => {
    const now = read();
    if (now.connected !== connected) since = new Date();
    connected = now.connected;
    return { ...now, since: since.toISOString() };
  };
  listen(look);
  return look;
};
