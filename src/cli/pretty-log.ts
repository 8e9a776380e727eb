/** Log lines for people: time, level, what happened, then its fields on the same line. */
import type { DestinationStream } from 'pino';
import { prettyFactory } from 'pino-pretty';

/** Wraps a stream of JSON lines. */
export const pretty = (stream: DestinationStream, colorize: boolean): DestinationStream => {
  const format = prettyFactory({
    colorize,
    translateTime: 'HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
    levelFirst: false,
  });
  return { write: (line) => stream.write(format(line)) };
};
