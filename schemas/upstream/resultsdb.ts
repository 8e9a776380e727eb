/** ResultsDB's `resultsdb.result.new`, and the form of its Taskotron days that still occurs. */
import { z } from 'zod';
import { Outcome } from '../events/releasing.ts';
import { TestCaseName, Text } from './names.ts';

/** Every value in `data` is an array of text; a bare text is taken as one of one. */
const Values = z
  .union([
    z.array(z.string().max(512)).max(64),
    z
      .string()
      .max(512)
      .transform((one) => [one]),
  ])
  .nullish();

/** Told first: most results are for packages, and instances have outcomes of their own. */
export const ResultsDbSubject = z.object({ data: z.object({ type: Values }) });

export const ResultsDbResult = z.object({
  id: z.number().int(),
  testcase: z.object({ name: TestCaseName }),
  outcome: Outcome,
  /** ISO 8601 without a zone: UTC. */
  submit_time: Text.nullish(),
  ref_url: z.string().max(2048).nullish(),
  data: z.object({
    type: Values,
    item: Values,
    id: Values,
    digest: Values,
    nvr: Values,
    arch: Values,
    system_architecture: Values,
    scenario: Values,
    system_variant: Values,
    variant: Values,
    run: Values,
    pipeline_id: Values,
  }),
});
export type ResultsDbResult = z.infer<typeof ResultsDbResult>;

/** The old form. Its items were builds, updates and composes; there were no container images yet. */
export const TaskotronResult = z.object({ task: z.object({ type: Text, item: z.string().max(512) }) });
export type TaskotronResult = z.infer<typeof TaskotronResult>;
