/**
 * Refuses, clearly and before anything is on the wire, what AMQP or amqplib cannot carry. Without this a bigint, a NaN
 * or a table of 64 KiB is a bare error from inside the encoder.
 */
import { UnsendableMessage } from './bus-errors.ts';
import type { Outgoing } from './port.ts';

/** Bytes. amqplib encodes into 64 KiB; the rest is left for the other properties. */
const largestTable = 60 * 1024;
const longestShort = 255;
const deepest = 16;

/** Throws {@link UnsendableMessage}. */
export const assertSendable = (message: Outgoing): void => {
  const problem = shortStringProblem(message) ?? headersProblem(message.headers);
  if (problem !== undefined) {
    throw new UnsendableMessage(
      `message ${message.messageId} to ${message.exchange} with ${message.routingKey} cannot be sent: ${problem}`,
    );
  }
};

/** Why a whole headers table cannot be sent. */
export const headersProblem = (headers: Readonly<Record<string, unknown>>): string | undefined => {
  let size = 4;
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value);
    if (problem !== undefined) return problem;
    size += entrySize(name, value);
  }
  return size > largestTable ? `its headers take ${size} bytes, more than ${largestTable}` : undefined;
};

/** Why one header cannot be sent. `CC` and `BCC` are left out: they make RabbitMQ send copies to other routing keys. */
export const headerProblem = (name: string, value: unknown): string | undefined => {
  if (name === 'CC' || name === 'BCC') return `header ${name} would send copies elsewhere`;
  if (Buffer.byteLength(name) > longestShort) return `a header name is longer than ${longestShort} bytes`;
  const problem = valueProblem(value, 0);
  return problem === undefined ? undefined : `header ${name} ${problem}`;
};

/** Bytes that a header takes in the encoded table. */
export const entrySize = (name: string, value: unknown): number =>
  1 + Buffer.byteLength(name) + valueSize(value);

const shortStringProblem = (message: Outgoing): string | undefined => {
  const parts = [
    ['exchange', message.exchange],
    ['routing key', message.routingKey],
    ['message id', message.messageId],
    ['content type', message.contentType],
    ['content encoding', message.contentEncoding],
  ] as const;
  const long = parts.find(([, text]) => Buffer.byteLength(text) > longestShort);
  return long === undefined ? undefined : `its ${long[0]} is longer than ${longestShort} bytes`;
};

const valueProblem = (value: unknown, depth: number): string | undefined => {
  if (depth > deepest) return 'is nested too deeply';
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return numberProblem(value);
    case 'object':
      return objectProblem(value, depth);
    default:
      return `is a ${typeof value}, which AMQP headers cannot carry`;
  }
};

/** amqplib writes large numbers as 64-bit integers and fails on what is none. */
const numberProblem = (value: number): string | undefined =>
  Number.isFinite(value) && Math.abs(value) < 2 ** 63
    ? undefined
    : `is ${value}, which AMQP headers cannot carry`;

const objectProblem = (value: object | null, depth: number): string | undefined => {
  if (value === null || Buffer.isBuffer(value)) return undefined;
  if (Array.isArray(value)) return firstProblem(value, depth);
  if (Object.hasOwn(value, '!')) return taggedProblem(value);
  const name = Object.keys(value).find((key) => Buffer.byteLength(key) > longestShort);
  return name === undefined ? firstProblem(Object.values(value), depth) : 'has a name in it that is too long';
};

const firstProblem = (values: readonly unknown[], depth: number): string | undefined => {
  for (const value of values) {
    const problem = valueProblem(value, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/** amqplib's own notation for types that JavaScript lacks. Timestamps and decimals arrive in it. */
const taggedProblem = (value: object): string | undefined => {
  const { '!': type, value: inner }: { '!'?: unknown; value?: unknown } = value;
  if (type === 'timestamp' && Number.isSafeInteger(inner) && Number(inner) >= 0) return undefined;
  if (type === 'decimal' && typeof inner === 'object' && inner !== null) return undefined;
  return `has a value marked as ${JSON.stringify(String(type)).slice(0, 40)}, which cannot be encoded`;
};

const valueSize = (value: unknown): number => {
  if (typeof value === 'string') return 5 + Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 9;
  if (Buffer.isBuffer(value)) return 5 + value.length;
  if (Array.isArray(value)) return value.reduce((size: number, item) => size + valueSize(item), 5);
  return Object.entries(value).reduce((size, [name, item]) => size + entrySize(name, item), 5);
};
