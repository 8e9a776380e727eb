/** How a running flibs stands. */
import { z } from 'zod';

const Link = z.object({
  connected: z.boolean(),
  waiting: z.string().optional().describe('For what, where it is not connected.'),
});

export const ProcessStatus = z.object({
  instance: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  bus: Link,
  store: Link,
  consumers: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['running', 'waiting', 'stopped']),
      waiting: z.string().optional(),
    }),
  ),
});
export type ProcessStatus = z.infer<typeof ProcessStatus>;

/** Something that does not go on, and why. */
export const Waiting = z.object({
  what: z.string().describe('`build webd-2.0-3`, `repository updates (F40, x86_64)`, ...'),
  reason: z.string(),
  since: z.iso.datetime().optional(),
});
export type Waiting = z.infer<typeof Waiting>;

export const Worker = z.object({
  name: z.string(),
  arches: z.array(z.string()),
  slots: z.number().int(),
  running: z.number().int(),
  announcedAt: z.iso.datetime(),
});
export type Worker = z.infer<typeof Worker>;

export const Status = ProcessStatus.extend({
  workers: z.array(Worker),
  waiting: z.array(Waiting).describe('The first 200; empty while the store is away.'),
  deadLetters: z.number().int(),
});
export type Status = z.infer<typeof Status>;
