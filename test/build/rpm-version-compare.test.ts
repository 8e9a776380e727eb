/** Our comparison of versions against the rpm program's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import fc from 'fast-check';
import type { Evr } from '../../schemas/content.ts';
import { evrCompare, formatEvr, rpmVersionCompare } from '../../src/rpm/evr.ts';

type Pair<T> = readonly [T, T];

const pairCount = 100_000;
const seed = 20_261_123;

const piece = fc.constantFrom(
  ...Array.from('0019aAbzZ..~~^^_+éα𝟙'),
  '00',
  '10',
  '0010',
  'rc',
  'git',
  'fc40',
  '2024',
  '99999999999999999999',
);
/** rpm takes no empty version; what is nothing but separators it does. */
const version = fc.string({ unit: piece, minLength: 1, maxLength: 12 });
/** Two versions that differ in a single place, where most of the rules live. */
const alike = fc
  .tuple(version, version, version, version)
  .map(([head, a, b, tail]): Pair<string> => [`${head}${a}${tail}`, `${head}${b}${tail}`]);
const pairOfVersions = fc.oneof(alike, fc.tuple(version, version));

/** As they are in repositories: most pairs differ late, if at all. */
const usual = fc.constantFrom(
  '1.0',
  '1.0~rc1',
  '1.0~rc10',
  '1.0^git1',
  '1.0^20240101',
  '1.1',
  '01.0',
  '1.010',
  '1.0é',
);
const part = fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: version });
const evr: fc.Arbitrary<Evr> = fc.record({
  epoch: fc.oneof(fc.nat(2), fc.nat(999_999_999)),
  version: part,
  release: part,
});
/** The same but for one part. */
const alikeEvrs = fc
  .tuple(evr, evr, fc.constantFrom('epoch', 'version', 'release'))
  .map(([a, b, which]): Pair<Evr> => [a, { ...a, [which]: b[which] }]);

/** One call of the program: it reads the pairs from a file, two lines each. */
const orderByRpm = async (pairs: readonly Pair<string>[]): Promise<number[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'flibs-vercmp-'));
  try {
    const file = join(folder, 'pairs');
    await writeFile(file, pairs.map(([a, b]) => `${a}\n${b}\n`).join(''));
    const script = `%{lua: local next = io.lines("${file}"); for a in next do print(rpm.vercmp(a, next()) .. ",") end}`;
    const { stdout } = await execa('rpm', ['--eval', script]);
    return stdout.split(',').slice(0, -1).map(Number);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const expectSameOrder = async <T>(
  pairs: readonly Pair<T>[],
  text: (value: T) => string,
  compare: (a: T, b: T) => number,
): Promise<void> => {
  const theirs = await orderByRpm(pairs.map(([a, b]): Pair<string> => [text(a), text(b)]));
  expect(theirs).toHaveLength(pairs.length);
  const different = pairs.flatMap(([a, b], index) =>
    compare(a, b) === theirs[index] ? [] : [`${text(a)} ${text(b)}: rpm says ${theirs[index]}`],
  );
  expect(different).toEqual([]);
};

test(`${pairCount} generated pairs of versions are ordered as the rpm program orders them`, async () => {
  const pairs = fc.sample(pairOfVersions, { numRuns: pairCount, seed });
  await expectSameOrder(pairs, (one) => one, rpmVersionCompare);
});

test(`${pairCount} generated pairs of epoch, version and release are ordered as the rpm program orders them`, async () => {
  const pairs = fc.sample(fc.oneof(alikeEvrs, fc.tuple(evr, evr)), { numRuns: pairCount, seed });
  await expectSameOrder(pairs, formatEvr, evrCompare);
});
