/** PostgreSQL refuses to run as root: another user for it. */
import { chown } from 'node:fs/promises';
import { execa } from 'execa';

export interface OtherUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const idOf = async (option: '-u' | '-g', name: string): Promise<number | undefined> => {
  const { stdout, failed } = await execa('id', [option, name], { reject: false });
  return failed ? undefined : Number(stdout);
};

const lookUp = async (name: string): Promise<OtherUser | undefined> => {
  const [uid, gid] = [await idOf('-u', name), await idOf('-g', name)];
  return uid === undefined || gid === undefined ? undefined : { name, uid, gid };
};

/** The user to run PostgreSQL as: `postgres` when flibs runs as root, else undefined for flibs' own. */
export const otherUser = async (): Promise<OtherUser | undefined> => {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const user = await lookUp('postgres');
  if (user === undefined) {
    throw new Error(
      'PostgreSQL does not run as root and there is no user "postgres" to run it as; install the package postgresql',
    );
  }
  return user;
};

export const giveTo = async (user: OtherUser | undefined, path: string): Promise<void> => {
  if (user !== undefined) {
    await chown(path, user.uid, user.gid);
  }
};

/**
 * Options of setpriv that make a program run as this user in a directory that the user owns. When a directory above
 * it is closed to the user (a data directory below /root), the program gets the one capability to pass through.
 */
export const asUser = async (user: OtherUser | undefined, directory: string): Promise<readonly string[]> => {
  if (user === undefined) {
    return [];
  }
  const change = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
  const reaches = await execa('setpriv', [...change, '--', 'test', '-w', directory], { reject: false });
  return reaches.failed
    ? [...change, '--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search']
    : change;
};
