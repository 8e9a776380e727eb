/** CI Messages that the smoke tester says: the same form as any CI's, so that every gate can read them. */
import { z } from 'zod';
import { Arch, IndexDigest, Nvr } from '../ids.ts';
import { defineEvent } from './event.ts';

const CiBase = z.object({
  contact: z.object({ name: z.string(), team: z.string(), docs: z.string(), email: z.string() }),
  run: z.object({ url: z.string(), log: z.string() }),
  artifact: z.object({
    type: z.literal('container-image'),
    id: z.string(),
    repository: z.string(),
    digest: IndexDigest,
    nvr: Nvr,
    issuer: z.string(),
    scratch: z.boolean(),
  }),
  pipeline: z.object({ id: z.string(), name: z.string() }),
  test: z.object({
    category: z.enum(['functional', 'integration', 'validation']),
    namespace: z.string(),
    type: z.string(),
    result: z.enum(['passed', 'failed']).optional(),
    note: z.string().optional(),
  }),
  system: z.array(z.object({ os: z.string(), provider: z.string(), architecture: Arch })),
  generated_at: z.iso.datetime(),
  version: z.string(),
});
const ofContainerImage = {
  major: 1,
  subject: (body: z.infer<typeof CiBase>) => body.artifact.id,
  concerns: (body: z.infer<typeof CiBase>) => ({ containers: [body.artifact.repository] }),
};

export const ContainerImageTestComplete = defineEvent({
  ...ofContainerImage,
  topic: 'ci.container-image.test.complete',
  description: 'CI Message: a test of a container image has ended.',
  body: CiBase,
});

export const ContainerImageTestError = defineEvent({
  ...ofContainerImage,
  topic: 'ci.container-image.test.error',
  severity: 40,
  description: 'CI Message: a test of a container image could not be run.',
  body: CiBase.extend({ error: z.object({ reason: z.string() }) }),
});
