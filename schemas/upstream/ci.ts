/**
 * CI Messages, `ci.<artifact>.test.{queued,running,complete,error}`: the form of 0.2 and 1.x, where `test` holds what
 * was tested how, and the form of 0.1, which has the same fields beside it.
 */
import { z } from 'zod';
import { TestCaseName, Text } from './names.ts';

const System = z.object({ architecture: Text.nullish(), variant: Text.nullish() });
const Url = z.string().max(2048);

const Test = z.object({
  namespace: TestCaseName,
  type: TestCaseName,
  category: TestCaseName,
  scenario: Text.nullish(),
});

/** Told first: most artifacts are no container images. */
export const CiArtifact = z.object({
  artifact: z.object({
    type: Text.nullish(),
    /** A digest, `repository@digest`, or a number of Koji's. */
    id: z.union([z.string().max(512), z.number().transform(String)]).nullish(),
    digest: Text.nullish(),
    nvr: Text.nullish(),
  }),
});
export type CiArtifact = z.infer<typeof CiArtifact>;

const About = z.object({
  run: z.object({ url: Url.nullish() }).nullish(),
  pipeline: z.object({ id: Text.nullish() }).nullish(),
  thread_id: Text.nullish(),
  /** A single object in some bodies of 0.1. */
  system: z.union([z.array(System).max(64), System.transform((system) => [system])]).nullish(),
  generated_at: Text.nullish(),
});

/** 0.2 and later. */
export const CiTest = About.extend({ test: Test.extend({ result: Text.nullish() }) });

/** 0.1: what is in `test` later lies in the body, and the result is called status. */
export const OldCiTest = About.extend({ ...Test.shape, status: Text.nullish() }).transform(
  ({ namespace, type, category, scenario, status, ...about }): z.infer<typeof CiTest> => ({
    ...about,
    test: { namespace, type, category, scenario, result: status },
  }),
);
export type CiTest = z.infer<typeof CiTest>;
