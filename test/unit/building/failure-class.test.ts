import { describe, expect, test } from '@jest/globals';
import { asBuildFailed, classOfContainerfile, classOfOutput } from '../../../src/building/build-failed.ts';
import { ProgramFailed, ProgramKilled } from '../../../src/building/run-program.ts';

describe('whose fault a failed program is', () => {
  test.each([
    'Error: writing blob: no space left on device',
    "Error: Failed to download metadata for repo 'x': Cannot download repomd.xml",
    'pinging container registry: dial tcp 127.0.0.1:5000: connect: connection refused',
    'received unexpected HTTP status: 503 Service Unavailable',
  ])('is the infrastructure’s: %s', (output) => {
    expect(classOfOutput(output)).toBe('infrastructure');
  });

  test.each([
    'No match for argument: nosuch',
    'Package x is not signed\nError: GPG check FAILED',
    'manifest unknown',
    '',
  ])('is the source’s: %s', (output) => {
    expect(classOfOutput(output)).toBe('source');
  });

  test('is the source’s when a step of a Containerfile wants the network that it has not', () => {
    const output = 'wget: connection refused\nError: building at STEP "RUN wget x": exit status 1';
    expect(classOfContainerfile(output)).toBe('source');
    expect(classOfContainerfile('no space left on device\nError: building at STEP "RUN x"')).toBe(
      'infrastructure',
    );
  });

  test('keeps the end of the output and the cause, and fits into a report', () => {
    const finished = { exitCode: 1, stdout: '', stderr: '', tail: `${'x'.repeat(20_000)} the reason` };
    const cause = new ProgramFailed(['dnf'], finished);
    const failed = asBuildFailed(cause, 'installing packages');
    expect(failed).toMatchObject({ failureClass: 'source', cause });
    expect(failed.message).toMatch(/^installing packages: .* the reason$/s);
    expect(failed.message.length).toBeLessThan(8192);
  });

  test('is the infrastructure’s for what was killed or is not there', () => {
    const killed = new ProgramKilled(['dnf'], 'absent', 'not found', '');
    expect(asBuildFailed(killed, 'installing', 'source').failureClass).toBe('infrastructure');
    expect(asBuildFailed(new Error('EACCES'), 'scrubbing').failureClass).toBe('infrastructure');
  });
});
