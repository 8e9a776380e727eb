/** Builders of what the tests of the envelope send. */
import { z } from 'zod';
import { type Concerns, defineEvent, EventBase } from '../../../schemas/events/event.ts';
import type { Delivery, Outgoing } from '../../../src/bus/port.ts';

/** An event whose body says itself what it concerns. */
export const Rung = defineEvent({
  topic: 'flibs.bell.rung',
  major: 2,
  severity: 30,
  description: 'A bell was rung.',
  body: EventBase.extend({
    bell: z.string(),
    note: z.string().optional(),
    concerns: z.custom<Concerns>().optional(),
  }),
  subject: (body) => body.bell,
  concerns: (body) => body.concerns ?? {},
});

export const aBody = (concerns: Concerns = {}, note = 'loud') => ({
  schemaVersion: 1 as const,
  aggregate: { kind: 'build' as const, id: '7', seq: 3 },
  bell: 'tenor-1-1',
  note,
  concerns,
});

export const anEvent = (changes: { concerns?: Concerns; note?: string; causation?: string[] } = {}) => ({
  event: Rung,
  body: aBody(changes.concerns, changes.note),
  id: '0199a5b0-0000-7000-8000-000000000001',
  time: new Date('2026-11-23T12:34:56.789Z'),
  source: 'main',
  topicPrefix: 'org.example.prod',
  causation: changes.causation ?? [],
});

/** What a consumer is handed when an outgoing message has gone through a broker. */
export const arrived = (outgoing: Outgoing): Delivery => ({ ...outgoing, redelivered: false });

export const aDelivery = (changes: Partial<Delivery> = {}): Delivery => ({
  exchange: 'amq.topic',
  routingKey: 'org.fedoraproject.prod.buildsys.tag',
  messageId: '0d4a2b0e-52c2-4c6b-9a5e-111111111111',
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  headers: {},
  body: Buffer.from('{"a": 1}'),
  redelivered: false,
  ...changes,
});
