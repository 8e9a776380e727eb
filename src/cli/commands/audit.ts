import { Command } from 'commander';
import { addApiOptions } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

export const auditCommand = (terminal: Terminal): Command =>
  addApiOptions(new Command('audit'))
    .description('who asked for what over HTTP, when, from where, and whether it was done')
    .option('--since <time>', 'all since then; without it the newest 100')
    .addHelpText('after', '\nExamples:\n  flibs audit\n  flibs audit --since 2026-12-01T08:00Z --json')
    .action(async (_, command: Command) => {
      const { showAudit } = await import('../asking/audit.ts');
      await showAudit(command.opts(), terminal);
    });
