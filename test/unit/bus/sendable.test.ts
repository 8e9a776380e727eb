import { describe, expect, test } from '@jest/globals';
import { UnsendableMessage } from '../../../src/bus/bus-errors.ts';
import type { Outgoing } from '../../../src/bus/port.ts';
import { assertSendable } from '../../../src/bus/sendable.ts';

const aMessage = (changes: Partial<Outgoing> = {}): Outgoing => ({
  exchange: 'flibs.main.facts',
  routingKey: 'a.b',
  messageId: 'id-1',
  headers: {},
  body: Buffer.from('{}'),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  persistent: true,
  mandatory: true,
  ...changes,
});

const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: nested(depth - 1) });

describe('refused before anything is on the wire, with message id and header', () => {
  test.each<[string, unknown, RegExp]>([
    ['a bigint', 7n, /is a bigint/],
    ['NaN', Number.NaN, /is NaN/],
    ['minus infinity', Number.NEGATIVE_INFINITY, /is -Infinity/],
    ['a number no 64-bit integer holds', -1e300, /is -1e\+300/],
    ['undefined', undefined, /is a undefined/],
    ['a function', () => 1, /is a function/],
    ['an unknown marked type', { '!': 'evil', value: 1 }, /marked as "evil"/],
    ['a negative time', { '!': 'timestamp', value: -1 }, /marked as "timestamp"/],
    ['a deep value', nested(40), /nested too deeply/],
    ['a bigint inside an array', [[1n]], /is a bigint/],
    ['too much', 'x'.repeat(65_536), /headers take 65\d+ bytes, more than 61440/],
  ])('%s', (_, value, problem) => {
    const send = () => assertSendable(aMessage({ headers: { strange: value } }));
    expect(send).toThrow(UnsendableMessage);
    expect(send).toThrow(problem);
    expect(send).toThrow(/message id-1 to flibs\.main\.facts/);
  });

  test.each<[string, Partial<Outgoing>]>([
    ['routing key', { routingKey: 'é'.repeat(128) }],
    ['message id', { messageId: 'x'.repeat(256) }],
    ['content type', { contentType: 'x'.repeat(256) }],
  ])('a %s above 255 bytes', (part, changes) => {
    expect(() => assertSendable(aMessage(changes))).toThrow(`its ${part} is longer than 255 bytes`);
  });

  test('a header name above 255 bytes', () => {
    expect(() => assertSendable(aMessage({ headers: { ['n'.repeat(256)]: 1 } }))).toThrow(
      /header name is longer/,
    );
  });

  test.each(['CC', 'BCC'])('header %s, with which RabbitMQ sends copies to other keys', (name) => {
    expect(() => assertSendable(aMessage({ headers: { [name]: ['report'] } }))).toThrow(/would send copies/);
  });
});

test('what RabbitMQ and its clients put into headers passes', () => {
  const headers = {
    text: 'x',
    yes: true,
    one: 1,
    part: 1.5,
    large: 2 ** 60,
    nothing: null,
    bytes: Buffer.from('x'),
    'x-death': [{ count: 1, time: { '!': 'timestamp', value: 1_700_000_000 }, 'routing-keys': ['a'] }],
    price: { '!': 'decimal', value: { places: 2, digits: 199 } },
  };
  expect(() => assertSendable(aMessage({ headers }))).not.toThrow();
});
