/** Results, as JSON or as text for people. */
import type { OptionValues } from './config-options.ts';
import type { Terminal } from './terminal.ts';

/** Prints the value as JSON when `--json` was given, else as `text` puts it. */
export const print = <T>(
  terminal: Terminal,
  options: OptionValues,
  value: T,
  text: (value: T) => string,
): void => {
  terminal.out(options['json'] === true ? `${JSON.stringify(value, null, 2)}\n` : text(value));
};
