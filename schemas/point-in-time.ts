import { z } from 'zod';

/** As people write it, to the second or to the minute, with its offset from UTC. */
export const PointInTime = z.union(
  [z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })],
  { error: 'must be a time such as 2026-12-01T08:00Z' },
);
