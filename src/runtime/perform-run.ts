/** One run on a worker, from the command to the report. */
import type { Logger } from 'pino';
import type { Reporting } from './reporting.ts';
import { openRunLog } from './run-log.ts';
import { asWork } from './work-channel.ts';
import { workerMessage } from './worker-message.ts';
import type { RunCommand, RunEnd, WorkerOptions } from './worker-options.ts';

/** Why a run was ended from outside; says whether it is to be given back. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded';
  readonly giveBack: boolean;
  constructor(message: string, giveBack: boolean) {
    super(message);
    this.giveBack = giveBack;
  }
}

/** Characters of an error that a report takes. */
const longestError = 8192;

/** Never rejects: what could not be reported, the end of the run's lease will tell. */
export const performRun = async (
  options: WorkerOptions,
  command: RunCommand,
  abort: AbortController,
  report: Reporting,
): Promise<void> => {
  const log = options.log.child({ run: command.run, nvr: command.nvr, arch: command.arch });
  try {
    await report(command.run, { kind: 'started' });
    const end = await execute(options, command, abort, log);
    const ended: unknown = abort.signal.reason;
    if (!(ended instanceof RunEnded)) return await report(command.run, end);
    log.warn({ reason: ended.message }, 'run ended from outside');
    if (ended.giveBack) await report(command.run, { kind: 'refused', reason: ended.message });
  } catch (error) {
    log.error({ err: error }, 'the run could not be reported');
  }
};

/** A fault of ours is one of the infrastructure. */
const execute = async (
  options: WorkerOptions,
  command: RunCommand,
  abort: AbortController,
  log: Logger,
): Promise<RunEnd> => {
  const { run } = command;
  // A smoke test's own time-out is its failure; this one is the run's.
  const seconds = command.timeout + (command.kind === 'test' ? 60 : 0);
  const tooLong = new Error(`it took longer than ${seconds} s`);
  const deadline = setTimeout(() => abort.abort(tooLong), seconds * 1000);
  const runLog = openRunLog((chunk) =>
    options.bus.publish(workerMessage(options.instance, 'log', { schemaVersion: 1, run, ...chunk }, false)),
  );
  const context = { log, signal: abort.signal, onOutput: runLog.write, printed: runLog.printed };
  try {
    abort.signal.throwIfAborted();
    const end = await asWork(`run ${command.run}`, () => options.execute(command, context));
    if (end.kind !== 'failed') return end;
    const cause = abort.signal.reason === tooLong ? `${tooLong.message}: ` : '';
    return { ...end, error: `${cause}${end.error}`.slice(0, longestError) };
  } catch (error) {
    if (!abort.signal.aborted) log.error({ err: error }, 'the run failed in a way that nobody thought of');
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', failureClass: 'infrastructure', error: message.slice(0, longestError) };
  } finally {
    clearTimeout(deadline);
    await runLog.close();
  }
};
