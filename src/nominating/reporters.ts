/** Who said a message that came from outside, and whether he may report a result. */
import { HeardOn, type Reporter } from '../../schemas/files/reporter.ts';
import { globMatches } from '../planning/glob.ts';
import { ignored, type Reading, type UpstreamMessage } from './reading.ts';
import type { TestResult } from './test-result.ts';
import { matchesAny } from './topics.ts';

/** Headers that the bridge writes, and nobody else: those of a sender it drops. */
export const bridgeHeaders = { bus: 'flibs-bridged-bus', user: 'flibs-bridged-user' } as const;

export interface Sender {
  /** Undefined: it did not come over the bridge. */
  readonly bus: HeardOn | undefined;
  /** Whom the broker that it was heard on vouches for. */
  readonly user: string | undefined;
  readonly topic: string;
}

export const senderOf = ({ headers, topic }: UpstreamMessage): Sender => {
  const user = headers[bridgeHeaders.user];
  return {
    bus: HeardOn.safeParse(headers[bridgeHeaders.bus]).data,
    user: typeof user === 'string' ? user : undefined,
    topic,
  };
};

export const mayReport = (sender: Sender, testCase: string, reporters: readonly Reporter[]): boolean =>
  reporters.some(
    ({ bus, user, topic, test_cases }) =>
      bus === sender.bus &&
      (user === undefined || user === sender.user) &&
      (topic === undefined || matchesAny([topic])(sender.topic)) &&
      test_cases.some((glob) => globMatches(glob, testCase)),
  );

/** Without what the sender may not report. */
export const onlyAllowed = (
  reading: Reading<readonly TestResult[]>,
  message: UpstreamMessage,
  reporters: readonly Reporter[],
): Reading<readonly TestResult[]> => {
  if (reading.verdict !== 'understood') return reading;
  const sender = senderOf(message);
  const allowed = reading.as.filter(({ testCase }) => mayReport(sender, testCase, reporters));
  return allowed.length > 0
    ? { ...reading, as: allowed }
    : ignored('a result that its sender may not report: results.reporters says who may');
};
