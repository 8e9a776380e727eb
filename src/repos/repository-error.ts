/**
 * Why a repository could not be read, by what the reader can do about it.
 * - `unreachable`: no answer, or not the file; try again.
 * - `updating`: the parts do not belong together, as happens while a mirror copies a new state; try again.
 * - `malformed`: what came is no repository metadata; somebody must look.
 * - `unsupported`: this host cannot read it, and the message says what to install or change.
 */
export type RepositoryFailure = 'unreachable' | 'updating' | 'malformed' | 'unsupported';

export class RepositoryError extends Error {
  override readonly name = 'RepositoryError';
  readonly failure: RepositoryFailure;
  /** The configured id. */
  readonly repository: string;
  readonly url: string;

  constructor(
    failure: RepositoryFailure,
    about: { readonly repository: string; readonly url: string },
    what: string,
    cause?: unknown,
  ) {
    super(
      `repository ${about.repository}: ${about.url}: ${what}`,
      cause === undefined ? undefined : { cause },
    );
    this.failure = failure;
    this.repository = about.repository;
    this.url = about.url;
  }
}
