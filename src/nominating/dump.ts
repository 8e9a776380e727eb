/**
 * fedora-messaging's dump format, as its `record` command and datagrepper write it: one JSON object a line,
 * `{topic, body, headers?, id?, queue?, priority?}`.
 */
import { z } from 'zod';
import { parseObject } from './decode.ts';
import { interpret, type Understood } from './interpret.ts';
import type { Knowledge } from './knowledge.ts';
import { type Reading, read, refused, type UpstreamMessage, understood } from './reading.ts';
import { longestTopic } from './topics.ts';

const JsonObject = z.record(z.string(), z.unknown());

/** Of the unreadable, too, as much as can be told. */
const Named = z.object({
  id: z.string().max(1024).nullish().catch(null),
  topic: z.string().max(1024).nullish().catch(null),
});

const Dumped = z.object({
  topic: z
    .string()
    .min(1)
    .refine(
      (topic) => new TextEncoder().encode(topic).length <= longestTopic,
      `longer than ${longestTopic} bytes`,
    ),
  headers: JsonObject.nullish(),
  body: JsonObject,
});

/** What one line is, and what flibs would make of it. */
export interface ParsedMessage {
  readonly id: string | null;
  readonly topic: string | null;
  readonly verdict: Reading<Understood>['verdict'];
  /** Of the ignored and the refused. */
  readonly reason?: string;
  /** Of the understood. */
  readonly as?: Understood;
}

/** Reads one line of a dump and interprets it. Never throws: a line that is no message is refused. */
export const parseMessageLine = (line: string, knowledge: Knowledge): ParsedMessage => {
  const json = parseObject(line, 'the line');
  if (!json.ok) return { id: null, topic: null, verdict: 'refused', reason: json.reason };
  const { id, topic } = Named.parse(json.body);
  const message = messageOf(json.body);
  const reading = message.verdict === 'understood' ? interpret(message.as, knowledge) : message;
  return { id: id ?? null, topic: topic ?? null, ...reading };
};

const messageOf = (line: Readonly<Record<string, unknown>>): Reading<UpstreamMessage> => {
  const dumped = read(Dumped, line);
  if (dumped.verdict !== 'understood') return refused(dumped.reason);
  const { topic, headers, body } = dumped.as;
  return understood({ topic, headers: headers ?? {}, body });
};
