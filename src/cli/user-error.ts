/** What a person can mend, or has to know: told in a line with a hint, never with a stack trace. */
import type { ExitName } from './exit-codes.ts';

export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exit: ExitName;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(
    exit: ExitName,
    message: string,
    options: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exit = exit;
    this.hint = options.hint;
  }
}
