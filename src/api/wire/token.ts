/** Tokens with which others may write. */
import { z } from 'zod';
import { TokenName } from '../../../schemas/caller.ts';
import { PointInTime } from '../../../schemas/point-in-time.ts';
import { scopes } from '../../../schemas/scopes.ts';

const Scope = z.enum(scopes);

const TestCaseGlob = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[\p{L}\p{N}\p{P}\p{S}]+$/u, { error: 'must be a test case, with * and ? for what may differ' });

export const TokenRequest = z
  .strictObject({
    name: TokenName.describe('Who has it.'),
    scopes: z.array(Scope).min(1).max(scopes.length),
    testCases: z
      .array(TestCaseGlob)
      .min(1)
      .max(100)
      .optional()
      .describe('Globs of what it may report or waive. Default: every test case.'),
    expires: PointInTime.optional().describe('Default: never.'),
  })
  .refine(
    (request) =>
      request.testCases === undefined ||
      request.scopes.every((scope) => scope === 'results' || scope === 'waivers'),
    {
      path: ['testCases'],
      error: 'only narrow the scopes results and waivers: make another token for the rest',
    },
  );
export type TokenRequest = z.infer<typeof TokenRequest>;

export const NewToken = z.object({
  id: z.number().int(),
  token: z.string().describe('Told once: only its hash is kept.'),
});
export type NewToken = z.infer<typeof NewToken>;

export const Token = z.object({
  id: z.number().int(),
  name: z.string(),
  scopes: z.array(Scope),
  testCases: z.array(z.string()).nullable().describe('Null: every test case.'),
  state: z.enum(['valid', 'expired', 'revoked']),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().describe('To some minutes.'),
  revokedAt: z.iso.datetime().nullable(),
});
export type Token = z.infer<typeof Token>;
