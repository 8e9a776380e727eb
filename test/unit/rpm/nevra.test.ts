import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatNevra, type Nevra, parseNevra, parseNvr, sourceOfFileName } from '../../../src/rpm/nevra.ts';
import { anyCharacter } from '../any-character.ts';

describe('NVRs', () => {
  test.each([
    ['bash-5.2.26-3.fc40', { name: 'bash', version: '5.2.26', release: '3.fc40' }],
    [
      'java-17-openjdk-17.0.9.0.9-3.fc40',
      { name: 'java-17-openjdk', version: '17.0.9.0.9', release: '3.fc40' },
    ],
    ['libstdc++-14.0~rc1-1', { name: 'libstdc++', version: '14.0~rc1', release: '1' }],
  ])('%s is split at its last two dashes', (text, nvr) => {
    expect(parseNvr(text)).toEqual(nvr);
  });

  test.each([
    '',
    'bash',
    'bash-5.2',
    '-5.2-3',
    'bash--3',
    'bash-5.2-',
    'ba sh-5.2-3',
    'bash-1:5.2-3',
    'a-1-1\n',
  ])('%j is none', (text) => {
    expect(parseNvr(text)).toBeUndefined();
  });
});

describe('NEVRAs', () => {
  const openssl = { name: 'openssl-libs', epoch: 1, version: '3.2.1', release: '2.fc40', arch: 'x86_64' };

  test.each(['openssl-libs-1:3.2.1-2.fc40.x86_64', '1:openssl-libs-3.2.1-2.fc40.x86_64'])(
    '%s is read',
    (text) => {
      expect(parseNevra(text)).toEqual(openssl);
    },
  );

  test('an epoch that is not written is 0', () => {
    expect(parseNevra('tzdata-2024a-5.fc40.noarch')).toEqual({
      name: 'tzdata',
      epoch: 0,
      version: '2024a',
      release: '5.fc40',
      arch: 'noarch',
    });
  });

  test.each(['', 'bash-5.2-3', '1:bash-1:5.2-3.x86_64', 'bash-5.2-3.', 'bash-5.2-3.x86 64'])(
    '%j is none',
    (text) => {
      expect(parseNevra(text)).toBeUndefined();
    },
  );

  test('dashes, dots and digits in a name do not mislead', () => {
    expect(parseNevra('python3.12-2-foo.1-0.9-1.el9_4.s390x')).toEqual({
      name: 'python3.12-2-foo.1',
      epoch: 0,
      version: '0.9',
      release: '1.el9_4',
      arch: 's390x',
    });
  });

  const word = fc.string({
    unit: fc.constantFrom(...Array.from('abzZ019._+~^é')),
    minLength: 1,
    maxLength: 8,
  });
  const nevras = fc.record({
    name: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('-')),
    epoch: fc.oneof(fc.nat(3), fc.nat(999_999_999)),
    version: word,
    release: word,
    arch: fc.constantFrom('x86_64', 'noarch', 's390x', 'src'),
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(nevras, (value) => expect(parseNevra(formatNevra(value))).toEqual(value)),
      { numRuns: 2000 },
    );
  });

  test('what is written with the epoch in front is read back', () => {
    const epochFirst = (nevra: Nevra) => `${nevra.epoch}:${formatNevra({ ...nevra, epoch: 0 })}`;
    fc.assert(
      fc.property(nevras, (value) => expect(parseNevra(epochFirst(value))).toEqual(value)),
      { numRuns: 2000 },
    );
  });

  test('any text is a NEVRA or none, never an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const read = parseNevra(text);
        if (read) expect(parseNevra(formatNevra(read))).toEqual(read);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('source packages', () => {
  test.each(['openssl-3.2.1-2.fc40.src.rpm', 'openssl-3.2.1-2.fc40.nosrc.rpm'])(
    '%s names one',
    (fileName) => {
      expect(sourceOfFileName(fileName)).toEqual({ name: 'openssl', version: '3.2.1', release: '2.fc40' });
    },
  );

  test.each(['(none)', '', 'openssl-3.2.1-2.fc40.x86_64.rpm', '../openssl-3.2.1-2.fc40.src.rpm'])(
    '%j names none',
    (fileName) => {
      expect(sourceOfFileName(fileName)).toBeUndefined();
    },
  );
});
