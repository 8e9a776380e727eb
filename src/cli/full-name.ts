import type { Command } from 'commander';

/** A command as it is typed: `flibs rebuilds show`. */
export const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
