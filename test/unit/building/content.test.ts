import { describe, expect, test } from '@jest/globals';
import type { Proof } from '../../../schemas/commands/run.ts';
import { failedProofs } from '../../../src/building/check-proofs.ts';
import { parseContent } from '../../../src/building/read-content.ts';

const line = (...fields: string[]): string => `${fields.join('\t')}\n`;

describe('what rpm lists of an image', () => {
  test('is read with its sources and modules, sorted, and without keys', () => {
    const listed =
      line(
        'nginx',
        '1',
        '1.24.0',
        '1.module_x',
        'x86_64',
        'nginx-1.24.0-1.module_x.src.rpm',
        'nginx:1.24:123:abc',
        '300',
      ) +
      line('gpg-pubkey', '(none)', 'a051e910', '69', '(none)', '(none)', '(none)', '1') +
      line('bash', '(none)', '5.2', '1.fc40', 'x86_64', 'bash-5.2-1.fc40.src.rpm', '(none)', '200');
    expect(parseContent(listed)).toEqual({
      rpms: [
        {
          name: 'bash',
          epoch: 0,
          version: '5.2',
          release: '1.fc40',
          arch: 'x86_64',
          sourceName: 'bash',
          sourceEvr: '5.2-1.fc40',
        },
        {
          ...{ name: 'nginx', epoch: 1, version: '1.24.0', release: '1.module_x', arch: 'x86_64' },
          ...{ sourceName: 'nginx', sourceEvr: '1:1.24.0-1.module_x', module: 'nginx:1.24:123:abc' },
        },
      ],
      newestBuild: 300,
    });
  });

  test('of nothing is nothing', () => {
    expect(parseContent('')).toEqual({ rpms: [], newestBuild: 0 });
  });

  test('in another form is an error', () => {
    expect(() => parseContent('warning: something\n')).toThrow(/no package/);
  });
});

describe('the proof that an update is in', () => {
  const { rpms } = parseContent(
    line('openssl-libs', '1', '3.2.1', '2.fc40', 'x86_64', 'openssl-3.2.1-2.fc40.src.rpm', '(none)', '1'),
  );
  const proof = (version: string, changes: Partial<Proof> = {}): Proof => ({
    ...{ name: 'openssl-libs', arch: 'x86_64', source: 'openssl', repositories: ['f40-updates'] },
    atLeast: { epoch: 1, version, release: '2.fc40' },
    ...changes,
  });

  test('holds for the wanted version and anything above', () => {
    expect(failedProofs(rpms, [proof('3.2.1'), proof('3.1.9')])).toEqual([]);
  });

  test('holds for a package that is gone', () => {
    expect(failedProofs(rpms, [proof('9', { name: 'gone' }), proof('9', { arch: 'i686' })])).toEqual([]);
  });

  test('fails with package, both versions and repositories', () => {
    expect(failedProofs(rpms, [proof('3.2.2')])).toEqual([
      'openssl-libs.x86_64 is 1:3.2.1-2.fc40, wanted at least 1:3.2.2-2.fc40 from f40-updates (source openssl)',
    ]);
  });
});
