/** The log: lines for people on a terminal, JSON otherwise; always to standard error, passwords masked. */
import { isatty } from 'node:tty';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Config } from '../config/load.ts';
import { maskSecrets } from '../config/mask.ts';
import { pretty } from './pretty-log.ts';

const standardError = 2;

/** Names under which something secret could be logged as a value of its own. */
const secretNames = ['password', 'passwd', 'secret', 'token', 'authorization'];

export interface LoggingOptions extends Pick<Config['log'], 'level' | 'pretty'> {
  readonly name?: string;
  /** In place of standard error, for tests. */
  readonly to?: DestinationStream;
}

const wantsPretty = ({ pretty: wish, to }: LoggingOptions): boolean =>
  wish === 'always' || (wish === 'auto' && to === undefined && isatty(standardError));

/** Written at once: what a process logged last before it was killed is what matters. */
export const createLog = (options: LoggingOptions): Logger => {
  const stream = options.to ?? destination({ fd: standardError, sync: true });
  return pino(
    {
      level: options.level,
      base: options.name === undefined ? null : { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '***' },
      hooks: { streamWrite: maskSecrets },
    },
    wantsPretty(options) ? pretty(stream, options.to === undefined) : stream,
  );
};
