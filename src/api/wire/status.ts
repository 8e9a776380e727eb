/** How a running flibs stands. */
import { z } from 'zod';

const Link = z.object({
  connected: z.boolean(),
  since: z.iso.datetime().describe('When it was connected, or ceased to be.'),
  waiting: z.string().optional().describe('For what, where it is not connected.'),
});

const Standing = z.object({
  name: z.string(),
  state: z.enum(['starting', 'running', 'waiting', 'stopped']),
  waiting: z.string().optional().describe('For what, and why it is not there.'),
  effects: z.number().int().describe('Effects under way.'),
});

export const ProcessStatus = z.object({
  instance: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  bus: Link,
  store: Link,
  consumers: z.array(Standing),
});
export type ProcessStatus = z.infer<typeof ProcessStatus>;

/** Something that does not go on, and why. */
export const Waiting = z.object({
  what: z.string().describe('`build webd-2.0-3`, `repository updates (F40, x86_64)`, ...'),
  reason: z.string(),
  since: z.iso.datetime().optional(),
});
export type Waiting = z.infer<typeof Waiting>;

/** What somebody has paused. */
export const Paused = z.object({
  what: z.string().describe('An image, `automatic rebuilds`, or `everything`.'),
  by: z.string(),
  reason: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime().nullable().describe('Null: until somebody resumes it.'),
});
export type Paused = z.infer<typeof Paused>;

/** Another process that has the store. */
export const OtherProcess = z.object({
  host: z.string(),
  pid: z.number().int(),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  gone: z.boolean().describe('Killed, or cut off from the store: it was not heard of since `seenAt`.'),
  consumers: z.array(Standing),
});
export type OtherProcess = z.infer<typeof OtherProcess>;

export const Worker = z.object({
  name: z.string(),
  arches: z.array(z.string()),
  slots: z.number().int(),
  running: z.number().int(),
  announcedAt: z.iso.datetime(),
  gone: z.boolean().describe('Not heard of for a lease: it gets no work. Forgotten after a day.'),
});
export type Worker = z.infer<typeof Worker>;

export const Status = ProcessStatus.extend({
  processes: z
    .array(OtherProcess)
    .describe('Others, heard of in the last day; empty while the store is away.'),
  workers: z.array(Worker).describe('Empty while the store is away.'),
  waiting: z.array(Waiting).describe('The first 200; empty while the store is away.'),
  paused: z.array(Paused).describe('Empty while the store is away.'),
  deadLetters: z.number().int().nullable().describe('Null while the store is away: not known.'),
});
export type Status = z.infer<typeof Status>;
