/** Who may report what on a bus that anybody may write to. */
import { describe, expect, test } from '@jest/globals';
import type { Reporter } from '../../../schemas/files/reporter.ts';
import { readCiResult } from '../../../src/nominating/ci-result.ts';
import { bridgeHeaders, mayReport, onlyAllowed, type Sender } from '../../../src/nominating/reporters.ts';
import { knowing } from './releases.ts';

const topic = 'org.fedoraproject.prod.ci.container-image.test.complete';
const sender = (changes: Partial<Sender> = {}): Sender => ({
  bus: 'upstream',
  user: 'osci',
  topic,
  ...changes,
});
const reporter = (changes: Partial<Reporter> = {}): Reporter => ({
  bus: 'upstream',
  test_cases: ['fedora-ci.*'],
  ...changes,
});

describe('a result counts from a sender', () => {
  test.each<[string, Partial<Sender>, Partial<Reporter>, boolean]>([
    ['on the bus that is named', {}, {}, true],
    ['on another bus', { bus: 'own' }, {}, false],
    ['that came over no bridge', { bus: undefined }, {}, false],
    ['whom the broker vouches for', {}, { user: 'osci' }, true],
    ['of another name', { user: 'mallory' }, { user: 'osci' }, false],
    ['of no name', { user: undefined }, { user: 'osci' }, false],
    ['who may write to the topic', {}, { topic: 'org.fedoraproject.prod.ci.#' }, true],
    ['on another topic', { topic: `evil.${topic}` }, { topic: 'org.fedoraproject.prod.ci.#' }, false],
    ['who fits by name and not by topic', {}, { user: 'osci', topic: 'org.centos.#' }, false],
    ['whose test case is another', {}, { test_cases: ['fedora-ci.other.*'] }, false],
  ])('%s', (_, changes, rules, allowed) => {
    expect(mayReport(sender(changes), 'fedora-ci.smoke.functional', [reporter(rules)])).toBe(allowed);
  });

  test('never where nobody is configured', () => {
    expect(mayReport(sender(), 'fedora-ci.smoke.functional', [])).toBe(false);
  });
});

describe('a message', () => {
  const message = {
    topic,
    headers: { [bridgeHeaders.bus]: 'upstream' },
    body: {
      artifact: { type: 'container-image', digest: `sha256:${'0f'.repeat(32)}` },
      test: { namespace: 'fedora-ci', type: 'smoke', category: 'functional', result: 'passed' },
      pipeline: { id: '1' },
    },
  };
  const reading = readCiResult(message, knowing());

  test('is understood as it was read where its sender may report it', () => {
    expect(onlyAllowed(reading, message, [reporter()])).toEqual(reading);
  });

  test('is ignored, and says where it is written down, where not', () => {
    expect(onlyAllowed(reading, message, [])).toEqual({
      verdict: 'ignored',
      reason: 'a result that its sender may not report: results.reporters says who may',
    });
  });

  test('that cannot be read is refused whoever sent it', () => {
    const refused = { verdict: 'refused', reason: 'no' } as const;
    expect(onlyAllowed(refused, message, [])).toBe(refused);
  });
});
