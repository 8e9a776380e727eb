/** Live logs of runs: chunks as workers send them, readable while the run goes on. */
import { sql } from 'kysely';
import type { LogChunk } from '../../../schemas/commands/run.ts';
import type { Flow } from '../../runtime/consumer.ts';

export const dropLogTimer = 'drop-log';

/** Bytes kept of one run; what comes after is in the finished log only. */
const mostPerRun = 16 * 1024 * 1024;

/** Keeps a chunk. The same offset twice is one chunk; a run that is not known has no log. */
export const keepChunk = async (flow: Flow, chunk: LogChunk): Promise<void> => {
  if (chunk.offset >= mostPerRun) return;
  await sql`
    insert into run_log (run, byte_offset, text, at)
    select id, ${chunk.offset}, ${chunk.text}, ${flow.now} from run where id = ${chunk.run}
    on conflict do nothing`.execute(flow.tx);
};

export const dropLog = async (flow: Flow, run: string): Promise<void> => {
  await flow.tx.deleteFrom('run_log').where('run', '=', run).execute();
};
