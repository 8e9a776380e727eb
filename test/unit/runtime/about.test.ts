import { describe, expect, test } from '@jest/globals';
import { aboutBytes, aboutOf } from '../../../src/runtime/about.ts';

describe('what a message or a job is about', () => {
  test('is its NVR, arch, run and rebuild, where it names them, and nothing else', () => {
    const body = { nvr: 'webd-2.0-3', arch: 'x86_64', run: 'r-1', rebuild: 4, image: 'webd' };
    expect(aboutOf(body)).toEqual({ nvr: 'webd-2.0-3', arch: 'x86_64', run: 'r-1', rebuild: 4 });
    expect(aboutOf({ nvr: 'webd-2.0-3' })).toEqual({ nvr: 'webd-2.0-3' });
  });

  test.each([
    null,
    undefined,
    'webd-2.0-3',
    [],
    { nvr: { name: 'webd' } },
    { nvr: ['webd'] },
    { arch: 'x'.repeat(301) },
  ])('is nothing where those are missing or of another form: %j', (value) => {
    expect(aboutOf(value)).toEqual({});
  });

  test('of bytes that are no JSON is nothing', () => {
    expect(aboutBytes(Buffer.from('{"rebuild": 4}'))).toEqual({ rebuild: 4 });
    expect(aboutBytes(Buffer.from('{'))).toEqual({});
  });
});
