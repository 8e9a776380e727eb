import { Command } from 'commander';
import { rowId } from '../arguments.ts';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

const show = (terminal: Terminal): Command =>
  addApiOptions(new Command('show'))
    .description('causes, builds, arch builds with their states and reasons, and what was left alone')
    .argument('<id>', 'number of the rebuild', rowId)
    .addHelpText('after', '\nExample:\n  flibs rebuilds show 1842')
    .action(async (id: number, _, command: Command) => {
      const { showRebuild } = await import('../asking/rebuilds.ts');
      await showRebuild(id, command.optsWithGlobals(), terminal);
    });

const watch = (terminal: Terminal): Command =>
  addApiOptions(new Command('watch'))
    .description('what happens, as it happens; of one rebuild until it has ended, else until Ctrl-C')
    .argument('[id]', 'number of the rebuild', rowId)
    .addHelpText(
      'after',
      '\nWith an id the exit code is 1 if a build of it failed or was rejected.\n\nExamples:\n  flibs rebuilds watch\n  flibs rebuilds watch 1842 --json',
    )
    .action(async (id: number | undefined, _, command: Command) => {
      const { watchRebuilds } = await import('../asking/watch.ts');
      await watchRebuilds(id, command.optsWithGlobals(), terminal);
    });

export const rebuildsCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('rebuilds'))
    .description('the newest rebuilds, and how their arch builds stand')
    .addCommand(show(terminal))
    .addCommand(watch(terminal))
    .addHelpText(
      'after',
      '\nExamples:\n  flibs rebuilds\n  flibs rebuilds show 1842\n  flibs rebuilds watch 1842',
    )
    .action(async (_, command: Command) => {
      const { listRebuilds } = await import('../asking/rebuilds.ts');
      await listRebuilds(command.opts(), terminal);
    });
