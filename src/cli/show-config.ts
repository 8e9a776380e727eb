/** `flibs config show`. */
import { effectiveValues } from '../config/effective.ts';
import { configOf, type OptionValues } from './config-options.ts';
import { print } from './output.ts';
import { checkedNames } from './running/names.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';

const inWords = (value: unknown): string => {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '(empty)';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

export const showConfig = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const { config, origins } = await configOf(options, terminal);
  // What cannot run is not shown as if it could.
  checkedNames(config.consumers, config);
  print(terminal, options, effectiveValues(config, origins), (values) =>
    table(
      ['key', 'value', 'from'],
      values.map(({ key, value, origin }) => [key, inWords(value), origin]),
      '',
    ),
  );
};
