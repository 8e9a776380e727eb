/** Which consumers a process runs: checked before anything is looked for or started. */
import { consumersOf, strangerNames } from '../../../consumers/catalogue.ts';
import type { Config } from '../../config/load.ts';
import type { Settings } from '../../flows/settings.ts';
import { UserError } from '../user-error.ts';
import { settingsOf } from './settings.ts';

/** What builds, tests, releases, or decides that something is to be. */
const carryingOut: readonly string[] = [
  'image-builder',
  'build-dispatcher',
  'index-assembler',
  'smoke-tester',
  'release-gate',
  'releaser',
];

/** Names do not depend on addresses, which are not known yet. */
const settingsWithoutAddresses = (config: Config): Settings =>
  settingsOf(config, { bus: '', store: '', candidateRegistry: '', releaseRegistry: '' });

/** Every consumer's name, in the order of the flow. */
const allNames = (settings: Settings): readonly string[] => [
  ...strangerNames,
  ...consumersOf(settings).map((consumer) => consumer.name),
];

/** The consumers that run where none are named. */
const usualNames = (settings: Settings): readonly string[] =>
  allNames(settings).filter((name) => !settings.observe || !carryingOut.includes(name));

/**
 * @param given - none: those that usually run
 * @throws UserError naming one that is unknown, or that must not run here
 */
export const checkedNames = (given: readonly string[], config: Config): readonly string[] => {
  const settings = settingsWithoutAddresses(config);
  const names = given.length > 0 ? given : usualNames(settings);
  const known = allNames(settings);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError('usage', `there is no consumer ${JSON.stringify(unknown)}`, {
      hint: `there are ${known.join(', ')}`,
    });
  }
  const unwanted = names.find((name) => settings.observe && carryingOut.includes(name));
  if (unwanted === undefined) return names;
  throw new UserError('usage', `flibs is to observe only, and ${unwanted} would do more`, {
    hint: `leave it out, or set observe to no; with observe these do not run: ${carryingOut.join(', ')}`,
  });
};
