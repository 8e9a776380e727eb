/** Arguments and options that several commands share, checked while the command line is parsed. */
import { InvalidArgumentError } from 'commander';

// Written out again, so that `flibs --help` does not load zod; a test compares them with schemas/ids.ts.
const arches = ['x86_64', 'aarch64', 'ppc64le', 's390x', 'riscv64', 'armv7hl', 'i686'];

const parseArch = (text: string): string => {
  if (arches.includes(text)) return text;
  throw new InvalidArgumentError(`Allowed choices are ${arches.join(', ')}.`);
};

export const arch = { names: arches.join(', '), parse: parseArch } as const;

/** `--arch` that may be repeated, or hold several with commas between them. */
export const archList = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text.split(',').map(parseArch),
];

const looksLikeNvr = (text: string): boolean => /^[^/\s]+-[^-/\s]+-[^-/\s]+$/.test(text);

/** Of a build. */
export const nvr = (text: string): string => {
  if (looksLikeNvr(text)) return text;
  throw new InvalidArgumentError(
    'It is name-version-release, such as webd-2.0-3; `flibs images show <image>` lists those of an image.',
  );
};

/** Number of a rebuild, or NVR of a build. */
export const rebuildOrNvr = (text: string): string => {
  if (/^[1-9][0-9]{0,14}$/.test(text) || looksLikeNvr(text)) return text;
  throw new InvalidArgumentError(
    'It is the number of a rebuild (`flibs rebuilds` lists them), or name-version-release of a build, such as webd-2.0-3.',
  );
};

/** Number of a rebuild or a dead letter. */
export const rowId = (text: string): number => {
  const id = Number(text);
  if (/^[0-9]{1,15}$/.test(text) && id > 0) return id;
  throw new InvalidArgumentError('It is a number, 1 or more.');
};
