/** What people ask a running flibs to do. */
import { Done } from '../../api/wire/action.ts';
import { connect, part } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';

const ask = async (path: string, sent: unknown, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.post(path, Done, sent), ({ did }) => `${did}\n`);
};

export const build = (image: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const arches = options['arch'];
  return ask('/api/v1/builds', { image, ...(arches === undefined ? {} : { arches }) }, options, terminal);
};

/** A whole number is a rebuild; no NVR is one. */
export const cancel = (subject: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const kind = /^[0-9]+$/.test(subject) ? 'rebuilds' : 'builds';
  return ask(`/api/v1/${kind}/${part(subject)}/cancel`, undefined, options, terminal);
};

export const retry = (nvr: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const arch = options['arch'];
  return ask(`/api/v1/builds/${part(nvr)}/retry`, arch === undefined ? {} : { arch }, options, terminal);
};

export const reload = (options: OptionValues, terminal: Terminal): Promise<void> =>
  ask('/api/v1/definitions/reload', undefined, options, terminal);

export const reconcile = (options: OptionValues, terminal: Terminal): Promise<void> =>
  ask('/api/v1/reconcile', { dryRun: options['dryRun'] === true }, options, terminal);
