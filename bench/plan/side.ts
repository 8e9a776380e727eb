/** A process of one side, which plays a round whenever it is told to. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../src/cli/package-root.ts';
import { type Side, Taken } from './protocol.ts';

export interface RunningSide {
  round(): Promise<Taken>;
  stop(): Promise<void>;
}

export const startSide = async (side: Side, ...args: readonly string[]): Promise<RunningSide> => {
  const child = fork(join(packageRoot(), 'dist', 'bench', 'plan-side.js'), [side, ...args]);
  await heard(child);
  return {
    round: async () => {
      child.send('go');
      return Taken.parse(await heard(child));
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
};

const heard = async (child: ChildProcess): Promise<unknown> => {
  const ended = new AbortController();
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`a side of the bench ended with ${code}`);
      }),
    ]);
    return message;
  } finally {
    ended.abort();
  }
};
