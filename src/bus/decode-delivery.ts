/** Takes the envelope off what arrived, from anybody: only what can be read safely gets to a consumer. */
import { decodeBody } from '../nominating/decode.ts';
import { causationHeader, parseCausation } from './causation.ts';
import { cloudEventAttribute, isStructured } from './cloud-event-binding.ts';
import type { Message } from './message.ts';
import { messageIdOf } from './message-id.ts';
import type { ExchangeRole } from './names.ts';
import type { Delivery } from './port.ts';
import { parseTraceparent } from './trace-context.ts';

/** A message, or why it cannot be one. The refused goes to the dead letters with its raw bytes. */
export type Decoded = { readonly message: Message } | { readonly refused: string };

interface Contents {
  readonly data: Readonly<Record<string, unknown>>;
  readonly attribute: (name: string) => string | undefined;
}

export const decodeDelivery = (delivery: Delivery, origin: ExchangeRole): Decoded => {
  const decoded = decodeBody(delivery.body, delivery.contentType, delivery.contentEncoding);
  if (!decoded.ok) return { refused: decoded.reason };
  const contents = isStructured(delivery.contentType)
    ? structuredContents(decoded.body)
    : binaryContents(decoded.body, delivery.headers);
  if (contents === undefined) return { refused: 'a structured CloudEvent whose data is no JSON object' };
  return { message: messageOf(delivery, origin, contents) };
};

/** The id that a delivery will have, also for one that cannot be decoded: dead letters and bridges need it. */
export const deliveryId = (
  delivery: Pick<Delivery, 'messageId' | 'headers' | 'routingKey' | 'body'>,
): Message['id'] =>
  messageIdOf({
    ids: [delivery.messageId, cloudEventAttribute(delivery.headers, 'id')],
    topic: delivery.routingKey,
    sentAt: sentAtHeader(delivery.headers),
    body: delivery.body,
  });

const messageOf = (delivery: Delivery, origin: ExchangeRole, { data, attribute }: Contents): Message => {
  const { headers, routingKey } = delivery;
  const sentAt = sentAtHeader(headers) ?? timestamp(attribute('time'));
  const traceparent = attribute('traceparent') ?? headers['traceparent'];
  return {
    id: messageIdOf({
      ids: [delivery.messageId, attribute('id')],
      topic: routingKey,
      sentAt: sentAtHeader(headers),
      body: delivery.body,
    }),
    origin,
    topic: routingKey,
    sentAt,
    headers,
    body: data,
    traceparent: typeof traceparent === 'string' && parseTraceparent(traceparent) ? traceparent : undefined,
    causation: parseCausation(headers[causationHeader]),
  };
};

const binaryContents = (body: Readonly<Record<string, unknown>>, headers: Delivery['headers']): Contents => ({
  data: body,
  attribute: (name) => cloudEventAttribute(headers, name),
});

const structuredContents = (event: Readonly<Record<string, unknown>>): Contents | undefined => {
  const data = event['data'];
  if (!isObject(data)) return undefined;
  return {
    data,
    attribute: (name) => {
      const value = Object.hasOwn(event, name) ? event[name] : undefined;
      return typeof value === 'string' ? value : undefined;
    },
  };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sentAtHeader = (headers: Delivery['headers']): string | undefined => timestamp(headers['sent-at']);

/** `Z` and offsets are both in use; what is no time at all is as good as absent. */
const timestamp = (value: unknown): string | undefined =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT/.test(value) &&
  value.length <= 64 &&
  !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
