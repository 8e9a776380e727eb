/** What /proc tells of running processes. */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Environment variable that every child process carries, and whatever it starts: see `processesOf`. */
export const homeVariable = 'FLIBS_CHILD_OF';

/** How a service's processes are told from all others. */
export interface Home {
  /** The service's directory under the data directory: the value of `FLIBS_CHILD_OF`. */
  readonly directory: string;
  /**
   * PostgreSQL's backends overwrite their environment and begin sessions of their own, but their working directory
   * is the cluster's. Only processes of this program are counted by it: a shell that stands there is left alone.
   */
  readonly worksIn?: { readonly directory: string; readonly program: string };
}

const environmentOf = async (pid: number): Promise<readonly string[]> =>
  (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');

const linkOf = (pid: number, name: 'cwd' | 'exe'): Promise<string | undefined> =>
  readlink(`/proc/${pid}/${name}`).catch(() => undefined);

const belongs = async (pid: number, home: Home): Promise<boolean> => {
  if ((await environmentOf(pid)).includes(`${homeVariable}=${home.directory}`)) {
    return true;
  }
  const { worksIn } = home;
  return (
    worksIn !== undefined &&
    (await linkOf(pid, 'cwd')) === worksIn.directory &&
    (await linkOf(pid, 'exe')) === worksIn.program
  );
};

/** Ids of the living processes that belong to a service, whoever started them. */
export const processesOf = async (home: Home): Promise<readonly number[]> => {
  const pids = (await readdir('/proc'))
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const mine = await Promise.all(pids.map((pid) => belongs(pid, home)));
  return pids.filter((_, index) => mine[index]);
};

/** Sends a signal; a process that is gone already is what was wanted. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
};
