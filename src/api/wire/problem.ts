/** What the API answers where it does not do what was asked. */
import { z } from 'zod';

export const Problem = z
  .object({
    error: z.string().describe('What is wrong; a bad input is named.'),
    hint: z.string().optional().describe('What to do about it.'),
  })
  .describe('The request was not carried out.');
export type Problem = z.infer<typeof Problem>;
