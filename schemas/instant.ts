/** A point in time as text whose order is the order of time. */
import { z } from 'zod';

/** UTC to the microsecond, as ResultsDB and WaiverDB tell it: `2024-01-01T00:00:00.000000Z`. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, 'must be a time in UTC to the microsecond')
  .brand<'Instant'>();
export type Instant = z.infer<typeof Instant>;
