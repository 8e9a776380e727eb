/** Who asked for what, and whether it was done. */
import { z } from 'zod';

export const AuditEntry = z.object({
  id: z.number().int(),
  at: z.iso.datetime(),
  who: z.string().nullable().describe('Name of the token, or `local`. Null: nobody that is known.'),
  token: z.number().int().nullable().describe('Its number.'),
  address: z.string(),
  method: z.string(),
  route: z.string(),
  subject: z.string().nullable().describe('What it was about.'),
  status: z.number().int().describe('Of the answer.'),
  requestId: z.string().describe('As the answer had it in X-Request-Id.'),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
