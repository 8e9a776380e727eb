/** Messages between our own parts that are no events: timers that fell due, commands to workers. */
import { boundedCausation, causationHeader } from '../bus/causation.ts';
import { largestBody } from '../bus/envelope.ts';
import { exchangeName } from '../bus/names.ts';
import type { OutboxMessage } from '../store/outbox-rows.ts';
import type { TimerRow } from '../store/timer-rows.ts';

interface Trail {
  readonly messageId: string;
  readonly time: Date;
  readonly traceparent: string | undefined;
  readonly causation: readonly string[];
}

const bodyOf = (value: unknown, what: string): Buffer => {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  if (body.length <= largestBody) return body;
  throw new Error(
    `${what} has a body of ${body.length} bytes, more than the ${largestBody} that a message may have`,
  );
};

const common = ({ messageId, time, traceparent, causation }: Trail) => {
  const chain = boundedCausation(causation);
  return {
    messageId,
    headers: {
      'sent-at': time.toISOString(),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(chain.length === 0 ? {} : { [causationHeader]: chain.join(',') }),
    },
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    persistent: true,
    mandatory: true,
  };
};

/** The message of a timer that fell due. Its key stays inside: nothing binds `internal.` to the public exchange. */
export const timerMessage = (
  instance: string,
  timer: TimerRow,
  messageId: string,
  time: Date,
): OutboxMessage => ({
  ...common({
    messageId,
    time,
    traceparent: timer.cause.traceparent,
    causation: [...timer.cause.causation, timer.cause.messageId],
  }),
  exchange: exchangeName(instance, 'facts'),
  routingKey: `internal.timer.${timer.kind}`,
  body: bodyOf(
    { schemaVersion: 1, key: timer.key, payload: timer.payload },
    `timer ${timer.kind} of ${timer.key}`,
  ),
});

/** A command to the queue of one worker. */
export const commandMessage = (
  instance: string,
  command: { queue: string; body: unknown; onReturned: string; key: string },
  trail: Trail,
): OutboxMessage => ({
  ...common(trail),
  exchange: exchangeName(instance, 'workers'),
  routingKey: command.queue,
  body: bodyOf(command.body, `a command to ${command.queue}`),
  onReturned: { kind: command.onReturned, key: command.key },
});
