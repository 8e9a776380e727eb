/**
 * One owner for a directory. The kernel holds the lock for as long as a small child process lives, and that process
 * ends with flibs whichever way flibs ends: there is no stale lock to judge.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { homeVariable } from './processes.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

const conflict = 75;

const startHolder = (file: string) => {
  const flock = ['flock', '--exclusive', '--nonblock', '--no-fork', '--conflict-exit-code', String(conflict)];
  const holder = execa('setpriv', ['--pdeathsig', 'KILL', '--', ...flock, file, 'cat'], {
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    env: { [homeVariable]: file },
  });
  // Without a listener, a holder that is gone would turn our write into an unhandled error.
  holder.stdin.on('error', () => undefined);
  return holder;
};

/** The lock, or undefined when somebody has it. */
const tryLock = async (file: string): Promise<DirectoryLock | undefined> => {
  const holder = startHolder(file);
  // `cat` runs, and repeats this, only once the lock is held.
  holder.stdin.write('held\n');
  const held = await Promise.race([
    new Promise<boolean>((resolve) => holder.stdout.once('data', () => resolve(true))),
    holder.then(() => false),
  ]);
  if (held) {
    return {
      release: async () => {
        holder.stdin.end();
        await holder;
      },
    };
  }
  const { exitCode, shortMessage } = await holder;
  if (exitCode !== conflict) {
    throw new Error(`cannot lock ${file}: ${shortMessage}`);
  }
  return undefined;
};

/**
 * Takes the lock.
 *
 * @param what - begins the message of the error
 * @throws when another process holds it; the message names its pid.
 */
export const lockDirectory = async (file: string, what: string): Promise<DirectoryLock> => {
  await writeFile(file, '', { flag: 'a', mode: 0o600 });
  let lock = await tryLock(file);
  // An owner that was killed a moment ago may not be quite gone.
  for (let attempt = 1; lock === undefined && attempt < 5; attempt += 1) {
    await sleep(100);
    lock = await tryLock(file);
  }
  if (lock === undefined) {
    const owner = (await readFile(file, 'utf8')).trim();
    throw new Error(
      `${what} is in use by another flibs, process ${owner || 'unknown'}. Stop that one first.`,
    );
  }
  await writeFile(file, `${process.pid}\n`);
  return lock;
};
