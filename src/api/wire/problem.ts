/** What the API answers where it does not do what was asked: RFC 9457, and beside it what clients of ours read. */
import { z } from 'zod';

export const Problem = z
  .object({
    type: z.string().describe('`about:blank`: the status says what kind of problem it is.'),
    title: z.string().describe('The status, in words.'),
    status: z.number().int(),
    detail: z.string().describe('Error and hint.'),
    error: z.string().describe('What is wrong; a bad input is named.'),
    message: z
      .string()
      .optional()
      .describe('The same as error, where Greenwave, WaiverDB and ResultsDB have it.'),
    hint: z.string().optional().describe('What to do about it.'),
  })
  .describe('The request was not carried out.');
export type Problem = z.infer<typeof Problem>;
