/** Who may report test results on a bus: an entry of `results.reporters` in flibs.yaml. */
import { z } from 'zod';

/** `own`: the public exchange of our own broker. `upstream`: the second one, such as Fedora's. */
export const HeardOn = z.enum(['own', 'upstream']);
export type HeardOn = z.infer<typeof HeardOn>;

const Glob = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[A-Za-z0-9_./:+@=*?-]+$/, { error: 'must be a test case, with * and ? for what may differ' });

/** Whoever fits all that is given may report these test cases. */
export const Reporter = z.strictObject({
  bus: HeardOn,
  /** As the broker vouches for it: the property user-id of the message. */
  user: z.string().min(1).max(255).optional(),
  /** A binding key, where the broker says who may write to which topics. */
  topic: z
    .string()
    .max(255)
    .regex(/^[^\s.]+(\.[^\s.]+)*$/, {
      error: 'must be words with dots between them, * for one and # for any number',
    })
    .optional(),
  test_cases: z.array(Glob).min(1).max(100),
});
export type Reporter = z.infer<typeof Reporter>;
