/** What the bench and the process that it measures say to each other. */
import { z } from 'zod';

/** `flibs` and `bare` plan and store; the `what-if` ones only read. */
export const Side = z.enum(['flibs', 'bare', 'what-if', 'bare-what-if']);
export type Side = z.infer<typeof Side>;

/** Of one round. */
export const Taken = z.object({
  ms: z.number(),
  /** Milliseconds, the longest that the event loop was held. */
  held: z.number(),
  /** Megabytes, the most that the process has had in memory so far. */
  memory: z.number(),
});
export type Taken = z.infer<typeof Taken>;

/** Rows of a plan as JSON text, by table: what the bare side writes again. */
export const Captured = z.object({
  images: z.array(z.string()),
  source: z.string(),
  rows: z.record(z.string(), z.string()),
});
export type Captured = z.infer<typeof Captured>;
