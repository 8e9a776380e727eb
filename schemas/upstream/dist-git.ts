/**
 * dist-git's `git.receive`: one message per commit. Today's bodies have `agent` beside `commit`, those of fedmsg's time
 * inside it; what is read here is in both.
 */
import { z } from 'zod';
import { Text } from './names.ts';

/** Told first: most commits are in packages. */
export const GitRepository = z.object({
  commit: z.object({
    /** `rpms`, `container`, `containers`, `modules`, `flatpaks`; absent before namespaces came up. */
    namespace: Text.nullish(),
    repo: Text,
  }),
});

export const GitReceive = z.object({
  commit: z.object({
    repo: Text,
    branch: Text,
    rev: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'must be a commit id'),
  }),
});
export type GitReceive = z.infer<typeof GitReceive>;
