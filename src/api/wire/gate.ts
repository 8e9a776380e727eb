/** How the gate stands for one build. */
import { z } from 'zod';
import { DecisionState, Requirement } from '../../../schemas/events/releasing.ts';
import { Waiver } from './waiver.ts';

const GateRequirement = Requirement.extend({
  outcome: z.string().nullable().describe('Of the result that counts, as ResultsDB has it.'),
  url: z.string().nullable().describe('Where that result can be looked at.'),
  receivedAt: z.iso.datetime().nullable(),
});

export const Gate = z.object({
  nvr: z.string(),
  image: z.string(),
  state: z.string().describe('Of the build.'),
  waiting: z.string().nullable().describe('What the build waits for beside the gate.'),
  indexDigest: z.string().nullable(),
  productVersion: z.string().nullable().describe('What waivers must be for.'),
  decision: z
    .object({ id: z.number().int(), state: DecisionState, summary: z.string(), at: z.iso.datetime() })
    .nullable()
    .describe('Null: nothing was decided yet.'),
  requirements: z.array(GateRequirement).describe('One for each test case, scenario and arch.'),
  waivers: z.array(Waiver).describe('In force for it, the newest first.'),
});
export type Gate = z.infer<typeof Gate>;
