/** The host has what flibs needs, or whoever started it is told what to do. */
import { type EnsureOptions, ensurePrerequisites } from '../host/prerequisites.ts';
import { UserError } from './user-error.ts';

/** @throws UserError */
export const prepareHost = (options: EnsureOptions): Promise<void> =>
  ensurePrerequisites(options).catch((cause: unknown) => {
    throw new UserError('failed', cause instanceof Error ? cause.message : String(cause), { cause });
  });
