import { describe, expect, test } from '@jest/globals';
import { readCiResult } from '../../../src/nominating/ci-result.ts';
import { instantOf, webAddress } from '../../../src/nominating/test-result.ts';
import { knowing } from './releases.ts';

const digest = `sha256:${'0f'.repeat(32)}`;

const aCiMessage = (body: Record<string, unknown> = {}, event = 'complete') => ({
  topic: `org.fedoraproject.prod.ci.container-image.test.${event}`,
  headers: {},
  body: {
    artifact: { type: 'container-image', digest, nvr: 'web-1-1' },
    test: { namespace: 'ci', type: 'smoke', category: 'functional', result: 'passed' },
    pipeline: { id: '1' },
    ...body,
  },
});

const read = (message: ReturnType<typeof aCiMessage>) => readCiResult(message, knowing());

describe('CI Messages', () => {
  test.each([
    ['passed', 'PASSED'],
    ['failed', 'FAILED'],
    ['info', 'INFO'],
    ['needs_inspection', 'NEEDS_INSPECTION'],
    ['not_applicable', 'INFO'],
  ])('the result %s is the outcome %s', (result, outcome) => {
    const test = { namespace: 'ci', type: 'smoke', category: 'functional', result };
    expect(read(aCiMessage({ test }))).toMatchObject({ as: [{ outcome }] });
  });

  test.each([
    ['queued', 'QUEUED'],
    ['running', 'RUNNING'],
    ['error', 'ERROR'],
  ])('the event %s is the outcome %s, whatever the body says of a result', (event, outcome) => {
    expect(read(aCiMessage({}, event))).toMatchObject({ as: [{ outcome }] });
  });

  test('a result for several arches is one for each, OCI names understood', () => {
    const system = [{ architecture: 'x86_64' }, { architecture: 'arm64' }, { architecture: 'x86_64' }];
    expect(read(aCiMessage({ system }))).toMatchObject({ as: [{ arch: 'x86_64' }, { arch: 'aarch64' }] });
  });

  test('a result for an arch that nobody knows does not count for all', () => {
    expect(read(aCiMessage({ system: [{ architecture: 'vax' }] }))).toEqual({
      verdict: 'refused',
      reason: 'system.architecture: "vax" is no arch that flibs knows',
    });
  });

  test('what names no arch beside what does is not a result for all', () => {
    const system = [{ architecture: 'noarch' }, { architecture: 's390x' }];
    expect(read(aCiMessage({ system }))).toMatchObject({ as: [{ arch: 's390x' }] });
  });

  test('a scenario and the variants of a system are told apart', () => {
    const test = {
      namespace: 'ci',
      type: 'smoke',
      category: 'functional',
      result: 'passed',
      scenario: 'bios',
    };
    const system = ['Server', 'IoT', 'Server'].map((variant) => ({ architecture: 'x86_64', variant }));
    const scenario = 'bios';
    expect(read(aCiMessage({ test, system }))).toMatchObject({
      as: [
        { arch: 'x86_64', variant: 'Server', scenario },
        { arch: 'x86_64', variant: 'IoT', scenario },
      ],
    });
  });

  test('the artifact type in the body decides, not the topic', () => {
    expect(read(aCiMessage({ artifact: { type: 'koji-build', nvr: 'bash-1-1' } }))).toEqual({
      verdict: 'ignored',
      reason: 'a test of "koji-build", not of a container image',
    });
  });

  test('an image named by NVR alone is enough', () => {
    expect(
      read(aCiMessage({ artifact: { type: 'redhat-container-image', nvr: 'web-1-1', id: 1234 } })),
    ).toMatchObject({
      as: [{ subject: { nvr: 'web-1-1' } }],
    });
  });

  test('a broken digest is refused although there is an NVR', () => {
    expect(read(aCiMessage({ artifact: { digest: 'sha256:0f', nvr: 'web-1-1' } }))).toEqual({
      verdict: 'refused',
      reason: 'artifact.digest: "sha256:0f" is no digest',
    });
  });
});

describe('what results are decorated with', () => {
  test.each([
    ['2018-05-10 08:58:31.222602', '2018-05-10T08:58:31.222Z'],
    ['2019-02-11T16:47:27.445Z', '2019-02-11T16:47:27.445Z'],
    ['2015-12-16 17:14:21 UTC', '2015-12-16T17:14:21.000Z'],
    ['2026-11-23T09:00:00+0100', '2026-11-23T08:00:00.000Z'],
    ['2026-13-40T09:00:00Z', undefined],
    ['yesterday', undefined],
    [null, undefined],
  ])('the time %s is %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  test.each(['javascript:alert(1)', 'https://a b', '', null, 'file:///etc/passwd'])(
    '%j is no web address',
    (text) => {
      expect(webAddress(text)).toBeUndefined();
    },
  );
});
