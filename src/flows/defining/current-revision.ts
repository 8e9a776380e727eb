/** The revision of the definitions that is in force. */
import type { Flow } from '../../runtime/consumer.ts';

/** @throws where no definitions were ever loaded. */
export const currentRevision = async (flow: Flow): Promise<number> => {
  const row = await flow.tx
    .selectFrom('definitions_revision')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return row.id;
};
