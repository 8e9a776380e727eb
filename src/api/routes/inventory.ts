import { Readable } from 'node:stream';
import { z } from 'zod';
import { exportInventory } from '../../flows/asking/export-inventory.ts';
import type { Api, ApiContext } from '../context.ts';
import { Problem } from '../wire/problem.ts';

export const inventoryRoutes = (api: Api, { store }: ApiContext): void => {
  api.get(
    '/api/v1/inventory',
    {
      schema: {
        summary: 'Images, what is in them and what is on offer, as `flibs plan` reads them',
        // A stream passes by the serializer.
        response: { 200: z.unknown().describe('An inventory (io.flibs.inventory.v1).'), 503: Problem },
      },
    },
    (_, reply) => reply.type('application/json').send(Readable.from(exportInventory(store.db))),
  );
};
