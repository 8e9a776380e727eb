/** The command line: every command, their help, and nothing else. What a command does is loaded when it is run. */
import { Command } from 'commander';
import { adoptCommand } from './commands/adopt.ts';
import { auditCommand } from './commands/audit.ts';
import { buildCommand } from './commands/build.ts';
import { cancelCommand } from './commands/cancel.ts';
import { configCommand } from './commands/config.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { demoCommand } from './commands/demo.ts';
import { gateCommand } from './commands/gate.ts';
import { generateCommand } from './commands/generate.ts';
import { imagesCommand } from './commands/images.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { logsCommand } from './commands/logs.ts';
import { messagesCommand } from './commands/messages.ts';
import { pauseCommand } from './commands/pause.ts';
import { planCommand } from './commands/plan.ts';
import { rebuildsCommand } from './commands/rebuilds.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { reloadCommand } from './commands/reload.ts';
import { resumeCommand } from './commands/resume.ts';
import { retryCommand } from './commands/retry.ts';
import { runCommand } from './commands/run.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { tokenCommand } from './commands/token.ts';
import { upCommand } from './commands/up.ts';
import { waiveCommand } from './commands/waive.ts';
import { waiversCommand } from './commands/waivers.ts';
import { whatIfCommand } from './commands/what-if.ts';
import { whyCommand } from './commands/why.ts';
import { whyNotCommand } from './commands/why-not.ts';
import { exitCodeTable } from './exit-codes.ts';
import { fullName } from './full-name.ts';
import { packageVersion } from './package-root.ts';
import { nowhere, type Terminal } from './terminal.ts';

const groups: Readonly<Record<string, readonly ((terminal: Terminal) => Command)[]>> = {
  'Run flibs:': [demoCommand, startCommand, upCommand, runCommand],
  'Look at a running flibs:': [
    statusCommand,
    imagesCommand,
    rebuildsCommand,
    logsCommand,
    whyCommand,
    whyNotCommand,
    whatIfCommand,
    inventoryCommand,
    gateCommand,
    waiversCommand,
    deadLettersCommand,
    auditCommand,
  ],
  'Have it do something:': [
    adoptCommand,
    buildCommand,
    retryCommand,
    waiveCommand,
    cancelCommand,
    pauseCommand,
    resumeCommand,
    reloadCommand,
    reconcileCommand,
    tokenCommand,
  ],
  'Without a running flibs:': [
    configCommand,
    messagesCommand,
    planCommand,
    (terminal) => generateCommand(terminal, () => buildProgram(nowhere)),
  ],
};

const afterwards = `
Exit codes:
${exitCodeTable()}

Examples:
  flibs demo                             the whole way, on this machine
  flibs up --config flibs.yaml           run it
  flibs rebuilds watch                   see what happens
  flibs why webd                         why the released image is as it is
  flibs what-if openssl-3.0.9-2.fc40     who would be rebuilt

\`flibs <command> --help\` says more; docs/cli.md has it all on one page.`;

const width = 110;

/** Errors are thrown and all output goes to the terminal that was handed in. */
const settle = (command: Command, terminal: Terminal): Command => {
  command
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => Math.min(terminal.columns ?? width, width),
      getErrHelpWidth: () => width,
    })
    .showHelpAfterError(`(\`${fullName(command)} --help\` says what is allowed)`);
  for (const inner of command.commands) settle(inner, terminal);
  return command;
};

export const buildProgram = (terminal: Terminal): Command => {
  const program = new Command('flibs')
    .description(
      'Keeps container images fresh: rebuilds them, per architecture, when their packages are updated.',
    )
    .version(packageVersion())
    .addHelpText('after', afterwards);
  for (const [heading, commands] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const command of commands) program.addCommand(command(terminal));
  }
  return settle(program, terminal);
};
