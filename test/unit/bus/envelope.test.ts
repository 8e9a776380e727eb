import { describe, expect, test } from '@jest/globals';
import { HTTP } from 'cloudevents';
import { amqpBinding } from '../../../src/bus/cloud-event-binding.ts';
import { decodeDelivery } from '../../../src/bus/decode-delivery.ts';
import { encodeEvent, largestBody } from '../../../src/bus/envelope.ts';
import { aBody, anEvent, arrived, Rung } from './an-event.ts';

const uuid = (n: number): string => `0199a5b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `name${index}`);

describe('an event as a message of fedora-messaging', () => {
  test('has its properties', () => {
    expect(encodeEvent(anEvent())).toMatchObject({
      exchange: 'flibs.main.facts',
      routingKey: 'org.example.prod.flibs.bell.rung',
      messageId: '0199a5b0-0000-7000-8000-000000000001',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      persistent: true,
    });
  });

  test('has its headers: schema, integer severity, sent-at with offset and without microseconds', () => {
    const { headers } = encodeEvent(anEvent());
    expect(headers).toMatchObject({
      fedora_messaging_schema: 'base.message',
      fedora_messaging_severity: 30,
      'sent-at': '2026-11-23T12:34:56+00:00',
    });
  });

  test('names source packages, images, modules and owners that it concerns, each as true', () => {
    const { headers } = encodeEvent(
      anEvent({
        concerns: { rpms: ['openssl'], containers: ['base'], modules: ['nodejs'], users: ['someone'] },
      }),
    );
    expect(headers).toMatchObject({
      fedora_messaging_rpm_openssl: true,
      fedora_messaging_container_base: true,
      fedora_messaging_module_nodejs: true,
      fedora_messaging_user_someone: true,
    });
    expect(headers).not.toHaveProperty('flibs-concerns-truncated');
  });

  test('has at most 200 of these, images before packages, and says so', () => {
    const { headers } = encodeEvent(
      anEvent({ concerns: { rpms: names(250), containers: ['base', 'runtime'] } }),
    );
    const concerns = Object.keys(headers).filter((name) =>
      /^fedora_messaging_(rpm|container|module|user)_/.test(name),
    );
    expect(concerns).toHaveLength(200);
    expect(concerns).toEqual(
      expect.arrayContaining(['fedora_messaging_container_base', 'fedora_messaging_rpm_name0']),
    );
    expect(headers['flibs-concerns-truncated']).toBe(true);
  });

  test('exactly 200 are not truncated', () => {
    const { headers } = encodeEvent(anEvent({ concerns: { rpms: names(200) } }));
    expect(headers).not.toHaveProperty('flibs-concerns-truncated');
  });

  test('owners of the images it names are in its body and among its headers', () => {
    const { headers, body } = encodeEvent({ ...anEvent(), owners: ['ann', 'ben'] });
    expect(JSON.parse(body.toString())).toMatchObject({ owners: ['ann', 'ben'] });
    expect(headers).toMatchObject({ fedora_messaging_user_ann: true, fedora_messaging_user_ben: true });
  });

  test('a body that has no place for owners is said without them', () => {
    const CiMessage = { ...Rung, body: Rung.body.omit({ owners: true }) };
    const { headers, body } = encodeEvent({ ...anEvent(), event: CiMessage, owners: ['ann'] });
    expect(JSON.parse(body.toString())).not.toHaveProperty('owners');
    expect(headers).toMatchObject({ fedora_messaging_user_ann: true });
  });

  test('a name too long for a header is left out, and that is said', () => {
    const { headers } = encodeEvent(anEvent({ concerns: { rpms: ['x'.repeat(300), 'bash'] } }));
    expect(headers).toMatchObject({ fedora_messaging_rpm_bash: true, 'flibs-concerns-truncated': true });
    expect(Object.keys(headers).every((name) => name.length <= 255)).toBe(true);
  });
});

describe('an event as a CloudEvent in binary mode', () => {
  test('has its attributes as ce- headers and its data as the body', () => {
    const { headers, body } = encodeEvent({
      ...anEvent({ causation: [uuid(1), uuid(2)] }),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(headers).toMatchObject({
      'ce-specversion': '1.0',
      'ce-id': '0199a5b0-0000-7000-8000-000000000001',
      'ce-source': 'main',
      'ce-type': 'io.flibs.bell.rung.v2',
      'ce-subject': 'tenor-1-1',
      'ce-time': '2026-11-23T12:34:56.789Z',
      'ce-dataschema': 'urn:flibs:schema:io.flibs.bell.rung.v2',
      'ce-traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'ce-causationid': uuid(2),
      'flibs-causation': `${uuid(1)},${uuid(2)}`,
    });
    expect(JSON.parse(body.toString('utf8'))).toEqual(aBody());
  });

  test('the content type is a property, not a header', () => {
    expect(Object.keys(encodeEvent(anEvent()).headers).map((name) => name.toLowerCase())).not.toContain(
      'content-type',
    );
  });

  test('without a cause it carries no causation, without a trace no traceparent', () => {
    const { headers } = encodeEvent(anEvent());
    expect(headers).not.toHaveProperty('ce-causationid');
    expect(headers).not.toHaveProperty('flibs-causation');
    expect(headers).not.toHaveProperty('ce-traceparent');
  });

  test('a long chain of causes keeps the first and the latest 31', () => {
    const chain = Array.from({ length: 40 }, (_, index) => uuid(index));
    const header = String(encodeEvent(anEvent({ causation: chain })).headers['flibs-causation']).split(',');
    expect(header).toEqual([uuid(0), ...chain.slice(9)]);
  });

  test('the SDK reads back, through our binding, what it wrote', () => {
    const { headers, body } = encodeEvent(anEvent());
    const message = { headers: JSON.parse(JSON.stringify(headers)), body: body.toString('utf8') };
    expect(amqpBinding.isEvent(message)).toBe(true);
    expect(amqpBinding.toEvent(message)).toMatchObject({
      id: '0199a5b0-0000-7000-8000-000000000001',
      type: 'io.flibs.bell.rung.v2',
      subject: 'tenor-1-1',
      data: aBody(),
    });
  });

  test("the SDK's own HTTP binding reads the same headers", () => {
    const { headers, body } = encodeEvent(anEvent());
    const ce = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('ce-')));
    const event = HTTP.toEvent({
      headers: { ...JSON.parse(JSON.stringify(ce)), 'content-type': 'application/json' },
      body: body.toString('utf8'),
    });
    expect(event).toMatchObject({ type: 'io.flibs.bell.rung.v2', source: 'main', data: aBody() });
  });
});

describe('what cannot be said', () => {
  test("a body that is not what the event's schema says is refused, with the place", () => {
    const { event, ...rest } = anEvent();
    const body = JSON.parse('{"schemaVersion": 1, "bell": "x"}');
    expect(() => encodeEvent({ ...rest, event, body })).toThrow(/flibs\.bell\.rung.*aggregate/);
  });

  test('a body above 256 KiB is refused, with its size', () => {
    expect(() => encodeEvent(anEvent({ note: 'x'.repeat(largestBody) }))).toThrow(
      /bytes, more than the 262144/,
    );
  });

  test('an instance that could break out of a queue name is refused', () => {
    expect(() => encodeEvent({ ...anEvent(), source: 'main.facts' })).toThrow(/cannot name queues/);
  });
});

test('what was encoded is decoded to the same message', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const outgoing = encodeEvent({ ...anEvent({ causation: [uuid(1)] }), traceparent });
  expect(decodeDelivery(arrived(outgoing), 'facts')).toEqual({
    message: {
      id: '0199a5b0-0000-7000-8000-000000000001',
      origin: 'facts',
      topic: 'org.example.prod.flibs.bell.rung',
      sentAt: '2026-11-23T12:34:56+00:00',
      headers: outgoing.headers,
      body: aBody(),
      traceparent,
      causation: [uuid(1)],
    },
  });
});
