/** What flibs says on the public exchange and no state shows: nominations, test results, the gate's decisions. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { EventType } from '../../../schemas/events/event.ts';
import { ContentNominated } from '../../../schemas/events/planning.ts';
import { GateDecisionChanged, TestFinished } from '../../../schemas/events/releasing.ts';
import { decodeDelivery } from '../../bus/decode-delivery.ts';
import { wholeTopic } from '../../bus/names.ts';
import type { Bus, Delivery } from '../../bus/port.ts';
import { listeningTopology } from '../../bus/topology.ts';

export interface Listening {
  readonly bus: Bus;
  readonly exchange: string;
  readonly topicPrefix: string;
  readonly say: (text: string) => void;
}

/** One event that is shown, as a subject, a state and the rest. */
interface Shown {
  readonly topic: string;
  readonly line: (body: unknown) => readonly [string, string, string] | undefined;
}

const shown = <Body extends z.ZodType>(
  event: EventType<Body>,
  line: (body: z.infer<Body>) => readonly [string, string, string],
): Shown => ({
  topic: event.topic,
  line: (body) => {
    const parsed = event.body.safeParse(body);
    return parsed.success ? line(parsed.data) : undefined;
  },
});

const events: readonly Shown[] = [
  shown(ContentNominated, (body) => [
    body.reference,
    'nominated',
    `${[...body.sources, ...body.images, ...body.modules].join(', ')} in ${body.distroReleases.join(', ')}`,
  ]),
  shown(TestFinished, (body) => [
    `${body.nvr}.${body.arch}`,
    body.result,
    `${body.testCase}: ${body.output.trim().slice(-60)}`,
  ]),
  shown(GateDecisionChanged, (body) => [body.nvr, body.state, body.summary]),
];

/** Listens until stopped, as anybody on the bus could. */
export const listenLive = async (listening: Listening): Promise<{ stop(): Promise<void> }> => {
  const { bus, exchange, topicPrefix } = listening;
  const queue = { name: randomUUID(), kind: 'exclusive' } as const;
  const topics = events.map(({ topic }) => wholeTopic(topicPrefix, topic));
  await bus.declare(listeningTopology({ exchange, topics, queue }));
  return bus.consume({
    queue: queue.name,
    prefetch: 20,
    onDelivery: (delivery) => {
      show(listening, delivery);
      return 'ack';
    },
  });
};

const show = ({ topicPrefix, say }: Listening, delivery: Delivery): void => {
  const decoded = decodeDelivery(delivery, 'facts');
  if (!('message' in decoded)) return;
  const event = events.find(({ topic }) => wholeTopic(topicPrefix, topic) === delivery.routingKey);
  const line = event?.line(decoded.message.body);
  if (line === undefined) return;
  const [subject, state, rest] = line;
  say(
    `  ${new Date().toISOString().slice(11, 23)} ~ ${subject.padEnd(22)} ${state.padEnd(10)} ${rest.replaceAll('\n', ' ')}`,
  );
};
