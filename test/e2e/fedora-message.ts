/** What fedora-messaging's own client checks of a message, and what its documentation asks for: docs/api/wire-format. */
import { z } from 'zod';
import type { Heard } from './observer.ts';

const filter = /^fedora_messaging_(?:user|group|rpm|container|module|flatpak)_.+$/;

const Properties = z.object({
  messageId: z.uuid(),
  contentType: z.literal('application/json'),
  contentEncoding: z.literal('utf-8'),
  deliveryMode: z.literal(2),
});

const Headers = z.looseObject({
  fedora_messaging_schema: z.literal('base.message'),
  fedora_messaging_severity: z.union([z.literal(10), z.literal(20), z.literal(30), z.literal(40)]),
  'sent-at': z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/),
});

/** What keeps a message from being one of fedora-messaging's; empty when nothing does. */
export const fedoraProblems = ({ properties, headers, topic, body }: Heard): readonly string[] => {
  const issues = [Properties.safeParse(properties), Headers.safeParse(headers)].flatMap(({ error }) =>
    (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  );
  const filters = Object.entries(headers).filter(([name]) => filter.test(name));
  return [
    ...issues,
    ...filters.filter(([, value]) => value !== true).map(([name]) => `${name} is not true`),
    ...(filters.length > 200 ? ['more than 200 filter headers'] : []),
    ...(Buffer.byteLength(topic) > 255 ? ['the topic is too long'] : []),
    ...(isObject(body) ? [] : ['the body is no JSON object']),
  ];
};

const isObject = (body: Buffer): boolean =>
  z.record(z.string(), z.unknown()).safeParse(JSON.parse(body.toString('utf8'))).success;
