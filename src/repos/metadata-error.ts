/** What is wrong with a piece of metadata, told before it is known which repository it came from. */
import { RepositoryError, type RepositoryFailure } from './repository-error.ts';

export class MetadataError extends Error {
  override readonly name = 'MetadataError';
  readonly failure: RepositoryFailure;

  constructor(
    what: string,
    { failure = 'malformed', cause }: { failure?: RepositoryFailure; cause?: unknown } = {},
  ) {
    super(what, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** Adds where it lies. Everything else, what a listener throws among it, goes through. */
export const located = async <T>(
  about: { readonly repository: string; readonly url: string },
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MetadataError) throw new RepositoryError(error.failure, about, error.message, error);
    throw error;
  }
};
