/** Who asks for something over HTTP. */
import { z } from 'zod';
import type { Scope } from './scopes.ts';

/** What the machine's own command line is called. */
export const localName = 'local';

/** Who has a token, in a word that stands in lists and logs. */
export const TokenName = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, {
    error: 'must be lower case letters, digits, dots, dashes and underscores, at most 63, a letter first',
  })
  .refine((name) => name !== localName, `must not be ${localName}: that is the command line on this machine`);

export interface Caller {
  /** Of the token; null for the machine's own command line. */
  readonly id: number | null;
  /** Of the token, or {@link localName}. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Globs of the test cases that it may report or waive; null: all. */
  readonly testCases: readonly string[] | null;
}
