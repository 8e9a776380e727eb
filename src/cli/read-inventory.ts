/** An inventory in a file, checked whole. */
import { Inventory } from '../../schemas/files/inventory.ts';
import { problemsOf } from '../planning/files/check.ts';
import { readInputFile, unusable } from './input-file.ts';
import type { Terminal } from './terminal.ts';

/** @throws {@link UserError} `usage` that names the file and each place in it that is wrong. */
export const readInventory = async (file: string, terminal: Terminal): Promise<Inventory> => {
  const inventory = await readInputFile(file, Inventory, terminal);
  const problems = problemsOf(inventory);
  if (problems.length > 0) throw unusable(file, problems);
  return inventory;
};
