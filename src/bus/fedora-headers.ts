/** The headers that make a message of ours one of fedora-messaging's: WIRE.md, Ours. */
import type { Concerns, MessageSeverity } from '../../schemas/events/event.ts';

/** Filter headers at most, all kinds together (ARCHITECTURE rule 15). */
const mostConcerns = 200;
/** Bytes. AMQP allows 255; a shorter bound keeps 200 of them well inside amqplib's 64 KiB for all headers. */
const longestHeader = 200;

/** Says that not everything the event concerns has a header. */
export const truncatedHeader = 'flibs-concerns-truncated';

export const fedoraHeaders = (message: {
  time: Date;
  severity: MessageSeverity;
  concerns: Concerns;
}): Record<string, string | number | true> => ({
  fedora_messaging_schema: 'base.message',
  fedora_messaging_severity: message.severity,
  'sent-at': sentAt(message.time),
  ...concernHeaders(message.concerns),
});

/** As fedora-messaging writes it: with offset, without microseconds. */
const sentAt = (time: Date): string => `${time.toISOString().slice(0, 19)}+00:00`;

/** Packages come last: an event may concern hundreds of them, and its few images must not be crowded out. */
const concernHeaders = (concerns: Concerns): Record<string, true> => {
  const all = [
    ...named('container', concerns.containers),
    ...named('module', concerns.modules),
    ...named('user', concerns.users),
    ...named('rpm', concerns.rpms),
  ];
  const fitting = [...new Set(all)].filter((header) => Buffer.byteLength(header) <= longestHeader);
  const truncated = fitting.length > mostConcerns || new Set(all).size > fitting.length;
  return Object.fromEntries([
    ...fitting.slice(0, mostConcerns).map((header) => [header, true] as const),
    ...(truncated ? [[truncatedHeader, true] as const] : []),
  ]);
};

const named = (kind: string, names: readonly string[] = []): string[] =>
  names.map((name) => `fedora_messaging_${kind}_${name}`);
