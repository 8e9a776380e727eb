/** When each folder of a commit was last touched. */
import { type GitOptions, git } from './git-command.ts';

/**
 * Unix time, seconds, of the newest commit that touched each of `folders`, names directly below `path` (empty: the
 * top). One walk over history for all; those that only a merge touched are asked for one by one.
 */
export const commitTimes = async (
  commit: string,
  path: string,
  folders: readonly string[],
  options: GitOptions,
): Promise<ReadonlyMap<string, number>> => {
  const below = path === '' ? '' : `${path}/`;
  const history = [
    'log',
    '--format=tformat:%x01%ct',
    '--name-only',
    '--no-renames',
    '--no-ext-diff',
    '-z',
    commit,
  ];
  const printed = await git([...history, '--', `:(top,literal)${path}`], options);
  const times = newestTimes(printed.toString('latin1'), Buffer.from(below).toString('latin1'));
  for (const folder of folders) {
    if (times.has(folder)) continue;
    const time = await git(
      ['log', '-1', '--format=%ct', commit, '--', `:(top,literal)${below}${folder}`],
      options,
    );
    times.set(folder, Number(time.toString('latin1').trim()));
  }
  return times;
};

/** Stands before a commit's time: `%x01` in the format. */
const COMMIT = '\x01';

/** Names are kept as bytes (latin1) while they are taken apart, as git prints them. */
const newestTimes = (printed: string, below: string): Map<string, number> => {
  const times = new Map<string, number>();
  let time = 0;
  for (const token of printed.split('\0')) {
    if (token.startsWith(COMMIT)) {
      time = Number(token.slice(COMMIT.length));
      continue;
    }
    const file = token.replace(/^\n/, '');
    if (!file.startsWith(below)) continue;
    const [folder, ...rest] = file.slice(below.length).split('/');
    const name = Buffer.from(folder ?? '', 'latin1').toString('utf8');
    if (rest.length > 0 && !times.has(name)) times.set(name, time);
  }
  return times;
};
