/** What a flibs did to the world, as the recorder writes it down and the script does it again. */
import { z } from 'zod';

/** Names the directory that the recorder writes to. */
export const environmentOfRecorder = 'BENCH_RECORD_DIRECTORY';

const common = {
  /** The run or job that it belongs to. */
  lane: z.string(),
  /** Ticks of one counter: what had ended before another thing started, it may rest on. */
  started: z.number(),
  ended: z.number(),
  ms: z.number(),
};

/** With its confinement: `setpriv` and `unshare` are part of the argument list. */
const Program = z.object({
  ...common,
  kind: z.literal('program'),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string().optional(),
  /** What it was given on its standard input. */
  input: z.string().optional(),
  exitCode: z.number(),
  output: z.string(),
});

const Request = z.object({
  ...common,
  kind: z.literal('request'),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Name of a file beside the record. */
  body: z.string().optional(),
  /** Where an upload goes on. */
  location: z.string().optional(),
  status: z.number(),
});

const FileChange = z.object({
  ...common,
  kind: z.literal('file'),
  /** Of node:fs/promises. */
  operation: z.string(),
  args: z.array(z.unknown()),
  /** What was read. */
  output: z.string(),
});

export const Step = z.discriminatedUnion('kind', [Program, Request, FileChange]);
export type Step = z.infer<typeof Step>;
export type ProgramStep = z.infer<typeof Program>;
export type RequestStep = z.infer<typeof Request>;
export type FileStep = z.infer<typeof FileChange>;

/** One run or one job: its steps, and the lanes that must have ended before it may begin. */
export const Lane = z.object({
  name: z.string(),
  after: z.array(z.string()),
  /** Takes one of the worker's slots. */
  takesSlot: z.boolean(),
  steps: z.array(Step),
});
export type Lane = z.infer<typeof Lane>;

export const Script = z.object({
  slots: z.number(),
  /** Where bodies lie. */
  directory: z.string(),
  /** In the order in which flibs began them. */
  lanes: z.array(Lane),
});
export type Script = z.infer<typeof Script>;
