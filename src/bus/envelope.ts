/** Makes an event of ours into a message: at once one of fedora-messaging's and a CloudEvent in binary mode. */
import { CloudEvent } from 'cloudevents';
import type { z } from 'zod';
import { schemaAddress } from '../../schemas/address.ts';
import { type Concerns, cloudEventType, type EventType } from '../../schemas/events/event.ts';
import { boundedCausation, causationHeader } from './causation.ts';
import { amqpBinding } from './cloud-event-binding.ts';
import { fedoraHeaders } from './fedora-headers.ts';
import { exchangeName, wholeTopic } from './names.ts';
import type { Outgoing } from './port.ts';

/** Bytes (ARCHITECTURE rule 15). */
export const largestBody = 256 * 1024;

export interface EventToSend<Body extends z.ZodType> {
  readonly event: EventType<Body>;
  readonly body: z.input<Body>;
  /** Of the images that it names: at most 200. */
  readonly owners?: readonly string[];
  /** A UUID. */
  readonly id: string;
  readonly time: Date;
  /** The instance. */
  readonly source: string;
  readonly topicPrefix: string;
  readonly traceparent?: string | undefined;
  /** Message ids from the first cause to the one that made us say this, oldest first. */
  readonly causation: readonly string[];
}

/** Throws when the body is not what the event's schema says, or too large: both are faults of ours. */
export const encodeEvent = <Body extends z.ZodType>(sending: EventToSend<Body>): Outgoing => {
  const { event, id, source, owners = [] } = sending;
  const body = checkedBody(event, withOwners(sending.body, owners));
  const { headers, data } = binaryCloudEvent(sending, body);
  return {
    exchange: exchangeName(source, 'facts'),
    routingKey: wholeTopic(sending.topicPrefix, event.topic),
    messageId: id,
    headers: {
      ...fedoraHeaders({
        time: sending.time,
        severity: event.severity ?? 20,
        concerns: ownedBy(event.concerns?.(body) ?? {}, owners),
      }),
      ...headers,
      ...causationHeaders(sending.causation),
    },
    body: boundedBody(data, event),
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    persistent: true,
    mandatory: true,
  };
};

/** What an event is about. Throws when the body is not what the event's schema says. */
export const concernsOf = <Body extends z.ZodType>(event: EventType<Body>, body: z.input<Body>): Concerns =>
  event.concerns?.(checkedBody(event, body)) ?? {};

/** A body whose schema has no owners, such as that of a CI Message, is said without; its headers name them. */
const withOwners = (body: unknown, owners: readonly string[]): unknown =>
  owners.length === 0 || typeof body !== 'object' ? body : { ...body, owners };

const ownedBy = (concerns: Concerns, owners: readonly string[]): Concerns => ({
  ...concerns,
  users: [...(concerns.users ?? []), ...owners],
});

const checkedBody = <Body extends z.ZodType>(event: EventType<Body>, body: unknown): z.infer<Body> => {
  const parsed = event.body.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new Error(`${event.topic} cannot be said with this body: ${issues.join('; ')}`, {
    cause: parsed.error,
  });
};

const binaryCloudEvent = <Body extends z.ZodType>(sending: EventToSend<Body>, body: z.infer<Body>) => {
  const { event, traceparent } = sending;
  const cause = boundedCausation(sending.causation).at(-1);
  const type = cloudEventType(event);
  const cloudEvent = new CloudEvent({
    id: sending.id,
    source: sending.source,
    type,
    subject: event.subject(body),
    time: sending.time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: schemaAddress(type),
    data: body,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(cause === undefined ? {} : { causationid: cause }),
  });
  const { headers, body: data } = amqpBinding.binary(cloudEvent);
  // The content type is a property of the AMQP message.
  const { 'content-type': _contentType, ...attributes } = headers;
  return { headers: attributes, data: String(data) };
};

const causationHeaders = (causation: readonly string[]): Record<string, string> => {
  const chain = boundedCausation(causation);
  return chain.length === 0 ? {} : { [causationHeader]: chain.join(',') };
};

const boundedBody = (data: string, event: Pick<EventType, 'topic'>): Buffer => {
  const body = Buffer.from(data, 'utf8');
  if (body.length <= largestBody) return body;
  throw new Error(
    `${event.topic} has a body of ${body.length} bytes, more than the ${largestBody} that a message may have: ` +
      'lists belong into the store, events carry ids and counts',
  );
};
