import { describe, expect, test } from '@jest/globals';
import { decodeDelivery } from '../../../src/bus/decode-delivery.ts';
import type { Delivery } from '../../../src/bus/port.ts';
import { aDelivery } from './an-event.ts';

const decoded = (changes: Partial<Delivery>) => {
  const result = decodeDelivery(aDelivery(changes), 'upstream');
  if ('refused' in result) throw new Error(result.refused);
  return result.message;
};

describe('a message without an envelope worth the name', () => {
  test('is read when it has only a body', () => {
    const message = decoded({ messageId: undefined, contentType: undefined, contentEncoding: undefined });
    expect(message).toMatchObject({
      body: { a: 1 },
      sentAt: undefined,
      traceparent: undefined,
      causation: [],
    });
  });

  test('without an id gets one from topic, sent-at and body: the same on each delivery, another for another body', () => {
    const headers = { 'sent-at': '2019-07-30T19:12:22+00:00' };
    const { id } = decoded({ messageId: undefined, headers });
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(decoded({ messageId: undefined, headers, redelivered: true }).id).toBe(id);
    expect(decoded({ messageId: undefined, headers, body: Buffer.from('{"a": 2}') }).id).not.toBe(id);
    expect(decoded({ messageId: undefined, headers: {} }).id).not.toBe(id);
    expect(decoded({ messageId: undefined, headers, routingKey: 'other' }).id).not.toBe(id);
  });

  test('an id that is neither a UUID nor of fedmsg is none: some senders write the same word everywhere', () => {
    expect(decoded({ messageId: 'hello' }).id).toMatch(/^sha256:/);
  });

  test('fedmsg ids stay', () => {
    const messageId = '2019-c34070a8-b097-437f-96fd-2301d40c684a';
    expect(decoded({ messageId }).id).toBe(messageId);
  });

  test.each(['2019-07-30T19:12:22Z', '2019-07-30T19:12:22+00:00', '2019-07-30T19:12:22.123456+02:00'])(
    'sent-at %s is read',
    (time) => {
      expect(decoded({ headers: { 'sent-at': time } }).sentAt).toBe(time);
    },
  );

  test.each(['yesterday', 12, { '!': 'timestamp', value: 1 }, '2019-99-99T00:00:00Z'])(
    'sent-at %p is none',
    (time) => {
      expect(decoded({ headers: { 'sent-at': time } }).sentAt).toBeUndefined();
    },
  );

  test('a traceparent that is none is left out', () => {
    expect(decoded({ headers: { 'ce-traceparent': '00-xyz' } }).traceparent).toBeUndefined();
    expect(decoded({ headers: { 'ce-traceparent': 7 } }).traceparent).toBeUndefined();
  });

  test('a causation that is no list of ids is left out, and a huge one is bounded', () => {
    expect(decoded({ headers: { 'flibs-causation': 7 } }).causation).toEqual([]);
    expect(decoded({ headers: { 'flibs-causation': 'a,,b c,d' } }).causation).toEqual(['a', 'd']);
    expect(decoded({ headers: { 'flibs-causation': 'a,'.repeat(1000) } }).causation).toHaveLength(32);
    expect(decoded({ headers: { 'flibs-causation': 'a,'.repeat(100_000) } }).causation).toEqual([]);
  });
});

describe('CloudEvents of others', () => {
  const id = '7b7f1f2c-8a55-4a8b-9d0b-222222222222';

  test.each(['ce-', 'cloudEvents_', 'cloudEvents:'])('in binary mode with headers %s', (prefix) => {
    const headers = {
      [`${prefix}id`]: id,
      [`${prefix}time`]: '2026-01-02T03:04:05Z',
      [`${prefix}specversion`]: '1.0',
    };
    expect(decoded({ messageId: undefined, headers })).toMatchObject({
      id,
      sentAt: '2026-01-02T03:04:05Z',
      body: { a: 1 },
    });
  });

  test('in structured mode: the data is the body', () => {
    const event = {
      specversion: '1.0',
      id,
      source: '/ci',
      type: 'x',
      time: '2026-01-02T03:04:05Z',
      data: { b: 2 },
    };
    const message = decoded({
      messageId: undefined,
      contentType: 'application/cloudevents+json; charset=utf-8',
      body: Buffer.from(JSON.stringify(event)),
    });
    expect(message).toMatchObject({ id, body: { b: 2 }, sentAt: '2026-01-02T03:04:05Z' });
  });

  test('in structured mode without an object as data is refused', () => {
    const body = Buffer.from('{"specversion": "1.0", "data": [1]}');
    expect(
      decodeDelivery(aDelivery({ contentType: 'application/cloudevents+json', body }), 'upstream'),
    ).toEqual({
      refused: 'a structured CloudEvent whose data is no JSON object',
    });
  });
});

test.each<[string, Partial<Delivery>]>([
  ['no JSON', { body: Buffer.from('hello') }],
  ['an array', { body: Buffer.from('[1]') }],
  ['null', { body: Buffer.from('null') }],
  ['compressed', { contentEncoding: 'gzip' }],
  ['invalid UTF-8', { body: Buffer.from([0x7b, 0xff, 0x7d]) }],
  ['an integer that would lose digits', { body: Buffer.from('{"id": 9007199254740993}') }],
])('a body that is %s is refused with a reason', (_, changes) => {
  expect(decodeDelivery(aDelivery(changes), 'upstream')).toEqual({ refused: expect.stringMatching(/.{10}/) });
});
