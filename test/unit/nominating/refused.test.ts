/** Hostile and broken messages: refused with a reason that names what is wrong, and never a throw. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseMessageLine } from '../../../src/nominating/dump.ts';
import { interpret } from '../../../src/nominating/interpret.ts';
import { aRelease } from './releases.ts';

const lines = readFileSync(new URL('../../fixtures/messages/refused.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const knowledge = { distroReleases: [aRelease('F40'), aRelease('F41', { koji: { tags: ['f41'] } })] };

test.each(lines)('%s', (line) => {
  const { verdict, reason } = parseMessageLine(line, knowledge);
  expect(verdict).toBe('refused');
  expect(reason).toMatch(/^(the line|[a-z_]+[.:])/);
  // A reason goes into logs and tables as it is.
  expect(reason).not.toMatch(/\p{Cc}/u);
  expect(reason?.length).toBeLessThan(500);
});

test('a key that is missing is said to be', () => {
  const body = { state: 5, state_name: 'ready', name: 'nodejs', version: '1', context: 'a' };
  const topic = 'org.fedoraproject.prod.mbs.module.state.change';
  const line = JSON.stringify({ id: 'x', topic, headers: {}, body });
  expect(parseMessageLine(line, knowledge).reason).toBe('stream: is missing, expected string');
});

describe('whatever comes', () => {
  const topics = fc.constantFrom(
    'org.fedoraproject.prod.bodhi.update.complete.stable',
    'org.fedoraproject.prod.buildsys.tag',
    'org.fedoraproject.prod.buildsys.untag',
    'org.fedoraproject.prod.bodhi.update.eject',
    'org.fedoraproject.prod.buildsys.repo.done',
    'org.fedoraproject.prod.buildsys.build.state.change',
    'org.fedoraproject.prod.mbs.module.state.change',
    'org.fedoraproject.prod.git.receive',
    'org.fedoraproject.prod.ci.container-image.test.complete',
    'org.fedoraproject.prod.resultsdb.result.new',
  );
  const key = fc.constantFrom(
    'update',
    'builds',
    'nvr',
    'release',
    'name',
    'tag',
    'commit',
    'artifact',
    'test',
    'data',
    'type',
    'msg',
    'topic',
    '__proto__',
    'constructor',
  );
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, 5, '', 'f41', 'F40', 'container-image', 'a-1-1'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  })).value;

  test('there is a verdict, a reason where it is not understood, and no prototype is touched', () => {
    fc.assert(
      fc.property(topics, fc.dictionary(key, json), (topic, body) => {
        const reading = interpret({ topic, headers: {}, body }, { ...knowledge, anyRelease: true });
        return reading.verdict === 'understood' || reading.reason !== '';
      }),
      { numRuns: 3000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
