/** How an event of ours is declared: one source for its topic, CloudEvents type, body and filter headers. */
import { z } from 'zod';

/** Names for fedora-messaging's filter headers `fedora_messaging_{rpm,container,module,user}_<name>`. */
export interface Concerns {
  readonly rpms?: readonly string[];
  readonly containers?: readonly string[];
  readonly modules?: readonly string[];
  readonly users?: readonly string[];
}

/** fedora-messaging's severities: DEBUG, INFO, WARNING, ERROR. */
export type MessageSeverity = 10 | 20 | 30 | 40;

/** The entity an event is about. `seq` grows with each of its transitions; a reader ignores a lower one. */
export const Aggregate = z.object({
  kind: z.enum([
    'nomination',
    'offers',
    'definitions',
    'rebuild',
    'build',
    'archbuild',
    'run',
    'result',
    'decision',
    'waiver',
    'pause',
  ]),
  id: z.string().min(1),
  seq: z.number().int().nonnegative(),
});
export type Aggregate = z.infer<typeof Aggregate>;

/** What every body of ours begins with. */
export const EventBase = z.object({
  schemaVersion: z.literal(1),
  aggregate: Aggregate,
  /** Who owns the images that the event names; only the first 200. */
  owners: z.array(z.string()).max(200).optional(),
});

export interface EventType<Body extends z.ZodType = z.ZodType> {
  /** Topic after the configured prefix: `flibs.image.released`. */
  readonly topic: string;
  /** Major version; a new one is a new topic. */
  readonly major: number;
  readonly description: string;
  readonly body: Body;
  /** CloudEvents subject: NVR, digest or number. */
  readonly subject: (body: z.infer<Body>) => string;
  readonly concerns?: (body: z.infer<Body>) => Concerns;
  readonly severity?: MessageSeverity;
}

export const defineEvent = <Body extends z.ZodType>(event: EventType<Body>): EventType<Body> => event;

/** CloudEvents type: `io.flibs.image.released.v1`. */
export const cloudEventType = (event: Pick<EventType, 'topic' | 'major'>): string =>
  `io.${event.topic.startsWith('flibs.') ? event.topic : `flibs.${event.topic}`}.v${event.major}`;
