/** Tables for people. */
import { byText } from '../../schemas/by-text.ts';

/** Control characters of hostile names must not reach a terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1));

export type Row = readonly (string | number | null | undefined)[];

const cell = (value: Row[number]): string =>
  value === null || value === undefined ? '-' : printable(String(value));

/** Columns two spaces apart, the last one as long as it is; without rows the line `none`, or nothing if that is empty. */
export const table = (heads: readonly string[], rows: readonly Row[], none: string): string => {
  if (rows.length === 0) return none === '' ? '' : `${none}\n`;
  const cells = [
    heads.map((head) => head.toUpperCase()),
    ...rows.map((row) => heads.map((_, index) => cell(row[index]))),
  ];
  const widths = heads.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((text, index) => (index === heads.length - 1 ? text : text.padEnd(widths[index] ?? 0)))
        .join('  '),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
};

/** `name: value` lines; what is null or undefined is left out. */
export const facts = (pairs: readonly (readonly [string, Row[number]])[]): string => {
  const said = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...said.map(([name]) => name.length));
  return said.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${cell(value)}\n`).join('');
};

/** A heading over indented text; nothing where there is no text. */
export const section = (heading: string, text: string): string =>
  text === '' ? '' : `\n${heading}\n${text.replaceAll(/^(?=.)/gm, '  ')}`;

/** `sha256:0123456789ab`: as much of a digest as people compare. */
export const shortDigest = (digest: string | null): string | null =>
  digest === null ? null : digest.slice(0, 19);

/** `2 failed, 5 succeeded`. */
export const counts = (byState: Readonly<Record<string, number>>): string =>
  Object.entries(byState)
    .sort(([one], [other]) => byText(one, other))
    .map(([state, count]) => `${count} ${state}`)
    .join(', ') || 'none';

/** A time as people read it: UTC, to the second. */
export const when = (time: string | null): string | null =>
  time === null ? null : `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
