/**
 * The formats of values, for convict. Text from the environment and from flags is converted strictly: convict's own
 * formats take `12abc` for 12 and `nope` for true.
 */
import { z } from 'zod';
import { Arch } from '../schemas/ids.ts';

/** `describe` completes the sentence "must be ..."; it is printed in errors and in docs/configuration.md. */
export interface Format {
  readonly describe: string;
  readonly accepts: (value: unknown) => boolean;
  /** Only ever given text. What it does not understand it returns as it is, for `accepts` to refuse. */
  readonly convert?: (text: string) => unknown;
}

const isText = (value: unknown): value is string => typeof value === 'string' && !/[\0\r\n]/.test(value);
const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    isText(value) && (value === '' || pattern.test(value));
const whole = (lowest: number, highest: number): Pick<Format, 'accepts' | 'convert'> => ({
  accepts: (value) => Number.isInteger(value) && Number(value) >= lowest && Number(value) <= highest,
  convert: (given) => (/^-?[0-9]{1,12}$/.test(given.trim()) ? Number(given) : given),
});

const yes = new Set(['true', 'yes', 'on', '1']);
const no = new Set(['false', 'no', 'off', '0']);
const toYesOrNo = (given: string): boolean | string => {
  const word = given.trim().toLowerCase();
  if (yes.has(word)) return true;
  return no.has(word) ? false : given;
};

const hasScheme =
  (...schemes: string[]) =>
  (value: unknown): boolean => {
    if (!isText(value)) return false;
    return value === '' || (URL.canParse(value) && schemes.includes(new URL(value).protocol));
  };

const toList = (given: string): string[] =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
const isListOfText = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => isText(item) && item !== '');

/** Every format, by the name that {@link Key.format} gives. */
export const formats: Readonly<Record<string, Format>> = {
  'flibs-text': { describe: 'text on one line', accepts: isText },
  'flibs-path': { describe: 'a path', accepts: isText },
  'flibs-positive-number': { describe: 'a whole number, 1 or more', ...whole(1, 1_000_000) },
  'flibs-port': { describe: 'a port, 0 to 65535', ...whole(0, 65_535) },
  'flibs-seconds': { describe: 'a whole number of seconds', ...whole(0, 31_536_000) },
  'flibs-yes-or-no': {
    describe: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    convert: toYesOrNo,
  },
  'flibs-list': {
    describe: 'a list of texts (in the environment and on the command line: separated by commas)',
    accepts: isListOfText,
    convert: toList,
  },
  'flibs-arches': {
    describe: `a list of ${Arch.options.join(', ')}`,
    accepts: (value) => z.array(Arch).safeParse(value).success,
    convert: toList,
  },
  'flibs-instance': {
    describe: 'lower case letters, digits and dashes, 40 at most, beginning with a letter',
    accepts: (value) => value !== '' && matches(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/)(value),
  },
  'flibs-topic': {
    describe: 'words of letters, digits, _ and - with dots between them, 120 characters at most',
    accepts: (value) => value !== '' && matches(/^(?=.{1,120}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/)(value),
  },
  'flibs-registry-place': {
    describe: 'host[:port]/prefix in lower case, or empty',
    accepts: matches(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/),
  },
  'flibs-amqp-url': { describe: 'an amqp: or amqps: URL, or empty', accepts: hasScheme('amqp:', 'amqps:') },
  'flibs-postgres-url': {
    describe: 'a postgresql: or postgres: URL, or empty',
    accepts: hasScheme('postgres:', 'postgresql:'),
  },
  'flibs-git-url': {
    describe: 'an https:, http:, ssh: or file: URL, or empty',
    accepts: hasScheme('https:', 'http:', 'ssh:', 'file:'),
  },
  // Read, checked and replaced by schemas/files/distro-release.ts before convict sees it.
  'flibs-distro-releases': { describe: 'a list of distro releases', accepts: Array.isArray },
  'flibs-rules': { describe: 'a list of rules', accepts: Array.isArray },
  'flibs-reporters': {
    describe: 'a list of reporters: bus (own or upstream), user, topic, test_cases',
    accepts: Array.isArray,
  },
};

/** What a value of this format must be, in words. */
export const describeFormat = (format: string | readonly string[]): string =>
  typeof format === 'string' ? (formats[format]?.describe ?? format) : `one of ${format.join(', ')}`;
