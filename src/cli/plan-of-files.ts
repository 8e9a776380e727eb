/** `flibs plan`: the planner on files, without bus, store or a running flibs. */
import { Change } from '../../schemas/files/change.ts';
import { planFiles } from '../planning/files/plan-files.ts';
import { type OptionValues, optionText } from './config-options.ts';
import { readInputFile } from './input-file.ts';
import { print } from './output.ts';
import { readInventory } from './read-inventory.ts';
import type { Terminal } from './terminal.ts';
import { planText } from './views/plan.ts';

/** @throws {@link UserError} `usage` when a file cannot be used. */
export const planOfFiles = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const inventory = await readInventory(optionText(options, 'inventory') ?? '', terminal);
  const change = await readInputFile(optionText(options, 'change') ?? '', Change, terminal);
  print(terminal, options, planFiles(inventory, change), planText);
};
