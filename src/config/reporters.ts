/** Reads who may report results on a bus. */
import { z } from 'zod';
import { Reporter } from '../../schemas/files/reporter.ts';
import type { ListReading } from './list-key.ts';

export const readReporters = (raw: unknown): ListReading => {
  const parsed = z.array(Reporter, { error: 'must be a list of reporters' }).safeParse(raw);
  if (parsed.success) return { list: parsed.data };
  return {
    problems: parsed.error.issues.map(({ path, message }) => ({
      at: path.map(String).join('.'),
      problem: message,
    })),
  };
};
