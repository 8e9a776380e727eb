/** `up`, `run`, `start` and `demo`: the configuration and the log are made here, the rest by what each names. */
import type { LoadedConfig } from '../config/load.ts';
import { configOf, type OptionValues, optionText } from './config-options.ts';
import { createLog } from './logging.ts';
import type { Terminal } from './terminal.ts';

const archFlag = (options: OptionValues): Record<string, string> => {
  const arches = options['arch'];
  return Array.isArray(arches) ? { 'worker-arches': arches.join(',') } : {};
};

const logOf = ({ config }: LoadedConfig) => createLog(config.log);

export const upWith = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const loaded = await configOf(options, terminal);
  const { up } = await import('./up.ts');
  await up(loaded.config, { log: logOf(loaded) });
};

export const runWith = async (
  names: readonly string[],
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const loaded = await configOf(options, terminal, archFlag(options));
  const { runConsumers } = await import('./up.ts');
  await runConsumers(names, loaded.config, { log: logOf(loaded) });
};

export const startWith = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const loaded = await configOf(options, terminal);
  const { start } = await import('./start.ts');
  await start(loaded.config, { log: logOf(loaded), install: options['install'] !== false });
};

export const demoWith = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const flags = { 'log-level': optionText(options, 'logLevel') ?? 'warn' };
  const dataDirectory = optionText(options, 'dataDirectory');
  const { config } = await configOf({}, { ...terminal, env: {} }, flags);
  const { demo } = await import('./demo/demo.ts');
  await demo({
    log: createLog(config.log),
    install: options['install'] !== false,
    json: options['json'] === true,
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  });
};
