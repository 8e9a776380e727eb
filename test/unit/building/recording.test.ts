import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { recordProgram } from '../../../src/building/record-programs.ts';

describe('recording of programs', () => {
  afterEach(() => {
    delete process.env['FLIBS_RECORD_PROGRAMS'];
  });

  test('writes a line for each program that has ended, with what a script needs of its environment', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'flibs-record-'));
    try {
      const path = join(directory, 'programs.ndjson');
      process.env['FLIBS_RECORD_PROGRAMS'] = path;
      const argv = ['dnf', 'install', 'a\nb'];
      recordProgram(argv, { HOME: '/h', SECRET: 's', SOURCE_DATE_EPOCH: '1' }, '/w')();
      recordProgram(['rpm'], {}, undefined)();
      const lines = (await readFile(path, 'utf8'))
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      expect(lines).toEqual([
        {
          argv,
          env: { HOME: '/h', SOURCE_DATE_EPOCH: '1' },
          cwd: '/w',
          start: expect.any(Number),
          ms: expect.any(Number),
        },
        { argv: ['rpm'], env: {}, start: expect.any(Number), ms: expect.any(Number) },
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('does nothing unless it is asked for', () => {
    expect(recordProgram(['rpm'], {}, undefined)()).toBeUndefined();
  });
});
