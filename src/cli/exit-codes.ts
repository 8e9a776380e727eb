/** Every exit code of flibs: `flibs --help` and docs/cli.md are made from this table. */

export const exitCodes = {
  ok: { code: 0, means: 'done' },
  failed: {
    code: 1,
    means: 'what was asked for failed, or was refused as things stand; the reason was told',
  },
  usage: { code: 2, means: 'the command line, the configuration or an input file cannot be used' },
  'no-flibs': { code: 3, means: 'no running flibs answers: start one with `flibs up`' },
  'not-found': { code: 4, means: 'there is no such image, build, rebuild, message or log' },
  interrupted: { code: 130, means: 'ended by Ctrl-C' },
} as const;

export type ExitName = keyof typeof exitCodes;

export const exitCodeTable = (): string =>
  Object.values(exitCodes)
    .map(({ code, means }) => `  ${String(code).padStart(3)}  ${means}`)
    .join('\n');
