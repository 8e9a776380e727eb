/**
 * CloudEvents on AMQP 0-9-1, as Knative's RabbitMQ binding has them: binary mode, headers `ce-<attribute>`, the body is
 * the data and the content type a property of the message. The official AMQP binding is for AMQP 1.0; its two spellings
 * of header names are read too.
 */
import { type Binding, CloudEvent, type CloudEventV1, type Message } from 'cloudevents';

const prefixes = ['ce-', 'cloudEvents_', 'cloudEvents:'] as const;
const structuredType = 'application/cloudevents+json';

/** Reads one attribute from the headers of a message in binary mode. */
export const cloudEventAttribute = (
  headers: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined => {
  for (const prefix of prefixes) {
    const value = headers[prefix + name];
    if (typeof value === 'string') return value;
  }
  return undefined;
};

export const isStructured = (contentType: string | undefined): boolean =>
  contentType?.toLowerCase().startsWith(structuredType) ?? false;

const attributesOf = (event: CloudEventV1<unknown>): [string, string][] =>
  Object.entries(event).flatMap(([name, value]): [string, string][] =>
    value === undefined || ['data', 'data_base64', 'datacontenttype'].includes(name)
      ? []
      : [[name, String(value)]],
  );

/** Attributes of a message in binary mode by name; undefined where it has none. */
const readAttributes = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([header, value]): [string, string][] => {
      const prefix = prefixes.find((known) => header.startsWith(known));
      return prefix === undefined || typeof value !== 'string' ? [] : [[header.slice(prefix.length), value]];
    }),
  );

/** The binding the SDK lacks. Bodies are JSON texts; the content type is among the headers, as the SDK keeps it. */
export const amqpBinding: Binding = {
  binary: <T>(event: CloudEventV1<T>): Message => ({
    headers: {
      ...Object.fromEntries(attributesOf(event).map(([name, value]) => [`ce-${name}`, value])),
      'content-type': 'application/json',
    },
    body: JSON.stringify(event.data),
  }),
  structured: <T>(event: CloudEventV1<T>): Message => ({
    headers: { 'content-type': structuredType },
    body: JSON.stringify(event),
  }),
  toEvent: <T>(message: Message): CloudEventV1<T> => {
    const parsed = JSON.parse(String(message.body));
    return isStructured(message.headers['content-type'])
      ? new CloudEvent<T>(parsed)
      : new CloudEvent<T>({
          ...readAttributes(message.headers),
          datacontenttype: 'application/json',
          data: parsed,
        });
  },
  isEvent: (message) =>
    isStructured(message.headers['content-type']) ||
    cloudEventAttribute(message.headers, 'specversion') !== undefined,
};
