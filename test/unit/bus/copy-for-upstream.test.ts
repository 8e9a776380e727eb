import { describe, expect, test } from '@jest/globals';
import { copyForUpstream, type Destination } from '../../../src/bus/copy-for-upstream.ts';
import type { Delivery } from '../../../src/bus/port.ts';
import { aDelivery } from './an-event.ts';

const destination: Destination = {
  exchange: 'flibs.main.upstream',
  from: 'amq.topic',
  bus: 'own',
  instance: 'main',
  topicPrefix: 'org.example.prod',
};
const copyOf = (changes: Partial<Delivery>) => copyForUpstream(aDelivery(changes), destination);

describe('a copy for the upstream exchange', () => {
  test("keeps id, topic, headers and the body's bytes, and says where it was heard", () => {
    const headers = {
      fedora_messaging_schema: 'x',
      'x-received-from': [{ uri: 'amqp://a', redelivered: false }],
    };
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(copyOf({ headers, body })).toEqual({
      lost: [],
      outgoing: {
        exchange: 'flibs.main.upstream',
        routingKey: 'org.fedoraproject.prod.buildsys.tag',
        messageId: '0d4a2b0e-52c2-4c6b-9a5e-111111111111',
        headers: { ...headers, 'flibs-bridged-from': 'amq.topic', 'flibs-bridged-bus': 'own' },
        body,
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        persistent: true,
        mandatory: false,
      },
    });
  });

  test('says whom the broker vouches for, whatever the sender says of himself', () => {
    const headers = {
      'flibs-bridged-user': 'osci',
      'flibs-bridged-bus': 'upstream',
      'flibs-bridged-from': 'elsewhere',
      fine: 'x',
    };
    const told = { fine: 'x', 'flibs-bridged-from': 'amq.topic', 'flibs-bridged-bus': 'own' };
    expect(copyOf({ headers }).outgoing?.headers).toEqual(told);
    expect(copyOf({ headers, userId: 'mallory' }).outgoing?.headers).toEqual({
      ...told,
      'flibs-bridged-user': 'mallory',
    });
  });

  test('does not invent properties that were absent, but for an id', () => {
    const { outgoing } = copyOf({ messageId: undefined, contentType: undefined, contentEncoding: undefined });
    expect(outgoing).toMatchObject({
      contentType: '',
      contentEncoding: '',
      messageId: expect.stringMatching(/^sha256:/),
    });
  });

  test.each<[string, Partial<Delivery>]>([
    ['by topic', { routingKey: 'org.example.prod.flibs.image.released' }],
    [
      'by source',
      { routingKey: 'org.example.prod.ci.container-image.test.complete', headers: { 'ce-source': 'main' } },
    ],
  ])('is not made of our own messages, known %s', (_, changes) => {
    expect(copyOf(changes)).toEqual({ lost: [], skipped: 'it is our own' });
  });

  test('leaves out what would send copies elsewhere or cannot be encoded, and names it', () => {
    const { outgoing, lost } = copyOf({
      headers: { CC: ['org.example.prod.flibs.x'], BCC: 7, strange: { '!': 'evil', value: 1 }, fine: 'x' },
    });
    expect(outgoing?.headers).toEqual({
      fine: 'x',
      'flibs-bridged-from': 'amq.topic',
      'flibs-bridged-bus': 'own',
    });
    expect(lost).toHaveLength(3);
    expect(lost[0]).toMatch(/header CC/);
  });

  test('leaves out headers that together are too large', () => {
    const headers = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`h${index}`, 'x'.repeat(4096)]),
    );
    const { outgoing, lost } = copyOf({ headers });
    expect(Object.keys(outgoing?.headers ?? {})).toHaveLength(13);
    expect(lost).toHaveLength(9);
  });

  test('of a body that nobody here could read has its size instead', () => {
    const { outgoing, lost } = copyOf({ body: Buffer.alloc(10 * 1024 * 1024) });
    expect(outgoing?.body).toHaveLength(0);
    expect(outgoing?.headers).toMatchObject({ 'flibs-bridge-omitted-body': 10 * 1024 * 1024 });
    expect(lost).toEqual(['body']);
  });

  test('takes a header named __proto__ as any other', () => {
    const { outgoing } = copyOf({ headers: JSON.parse('{"__proto__": {"polluted": true}}') });
    expect(Object.hasOwn(outgoing?.headers ?? {}, '__proto__')).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
