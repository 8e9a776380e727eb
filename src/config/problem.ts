/** What is wrong with a configuration, told all at once. */

export interface ConfigProblem {
  /** The key, or the file or variable where no key can be told. */
  readonly key: string;
  /** `file /etc/flibs.yaml`, `environment FLIBS_BUS_URL`, `flag --bus-url`. */
  readonly origin: string;
  /** What is wrong and what is allowed. */
  readonly problem: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const lines = problems.map(({ key, origin, problem }) => `  ${key} (${origin}): ${problem}`);
    super(`the configuration cannot be used:\n${lines.join('\n')}`, options);
    this.problems = problems;
  }
}

/** An error's message. Errors of Node's core are of another realm in tests, so `instanceof` would miss them. */
export const reasonOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
