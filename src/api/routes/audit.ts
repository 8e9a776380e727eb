import { z } from 'zod';
import { PointInTime } from '../../../schemas/point-in-time.ts';
import { needs } from '../access.ts';
import { reads } from '../answers.ts';
import type { Api, ApiContext } from '../context.ts';
import { listAudit } from '../queries/tokens.ts';
import { AuditEntry } from '../wire/audit.ts';

export const auditRoutes = (api: Api, { store }: ApiContext): void => {
  api.get(
    '/api/v1/audit',
    {
      config: needs('admin'),
      schema: {
        summary: 'Who asked for what, and whether it was done, newest first',
        querystring: z.strictObject({
          since: PointInTime.optional(),
          before: z.coerce
            .number()
            .int()
            .positive()
            .max(Number.MAX_SAFE_INTEGER)
            .optional()
            .describe('An id.'),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        response: reads(z.array(AuditEntry)),
      },
    },
    ({ query }) => listAudit(store.db, query),
  );
};
