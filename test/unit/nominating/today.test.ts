/** One message of each kind as it is sent today, in fedora-messaging's dump format. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type ParsedMessage, parseMessageLine } from '../../../src/nominating/dump.ts';
import { aRelease } from './releases.ts';

const lines = readFileSync(new URL('../../fixtures/messages/today.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n');

const knowledge = {
  distroReleases: [
    aRelease('F40', { koji: { tags: ['f40-updates'], buildTags: ['f40-build'] } }),
    aRelease('F41', { koji: { tags: ['f41'] } }),
  ],
};

const parsed = new Map(
  lines.map((line) => parseMessageLine(line, knowledge)).map((message) => [message.id, message]),
);
const message = (number: number): ParsedMessage | undefined =>
  parsed.get(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);

const digest = `sha256:${'a1'.repeat(32)}`;

test('a stable security update of RPMs is a nomination of its sources with its severity', () => {
  expect(message(1)).toEqual({
    id: '00000000-0000-4000-8000-000000000001',
    topic: 'org.fedoraproject.prod.bodhi.update.complete.stable',
    verdict: 'understood',
    as: {
      kind: 'nomination',
      nominations: [
        {
          kind: 'packages',
          distroRelease: 'F40',
          sources: [{ name: 'openssl', version: '3.2.2', release: '1.fc40' }],
          severity: 'critical',
          updateType: 'security',
          reference: 'FEDORA-2026-0123456789',
        },
      ],
    },
  });
});

test('a build tagged for a configured release is a nomination', () => {
  expect(message(4)).toMatchObject({
    as: {
      nominations: [
        {
          distroRelease: 'F41',
          sources: [{ name: 'http-parser', version: '2.9.3', release: '1.fc41' }],
          severity: 'none',
          reference: 'f41',
        },
      ],
    },
  });
});

test('a build untagged from a configured release is a withdrawal', () => {
  expect(message(7)?.as).toMatchObject({
    nominations: [{ kind: 'withdrawal', distroRelease: 'F41', sources: [{ name: 'http-parser' }] }],
  });
});

test.each([
  [2, 'an update of type "container": only RPM updates nominate packages'],
  [3, 'a testing update: updates count once they are stable'],
  [5, 'tag "f41-build-side-12345" of Koji "primary" belongs to no configured distro release'],
  [6, 'topic not listened to'],
  [9, 'a build in state COMPLETE: builds count once they are tagged'],
  [11, 'module "nodejs" is in state done: only ready ones are published'],
  [13, 'a commit in namespace "rpms": only images\' sources count'],
  [18, 'a test of something else than a container image'],
  [20, 'a result for "koji_build", not for a container image'],
  [21, 'a result for "koji_build" in Taskotron\'s form, which had no container images'],
  [22, 'topic not listened to'],
])('message %i is ignored: %s', (number, reason) => {
  expect(message(number)).toMatchObject({ verdict: 'ignored', reason });
});

test('a regenerated build tag is a hint to look at repositories', () => {
  expect(message(8)?.as).toEqual({
    kind: 'repository-hint',
    hint: { distroReleases: ['F40'], tag: 'f40-build' },
  });
});

test('a ready module is a nomination, on UMB too, where bodies are wrapped', () => {
  const nomination = {
    kind: 'module',
    name: 'nodejs',
    stream: '20',
    version: '4020261123090000',
    context: 'a51370e3',
    severity: 'none',
    reference: 'nodejs:20:4020261123090000:a51370e3',
  };
  expect(message(10)?.as).toEqual({ kind: 'nomination', nominations: [nomination] });
  expect(parsed.get('ID:broker.example.org-1-2:3:1:1:1')?.as).toEqual(message(10)?.as);
});

test("a commit in an image's repository is a hint to read the definitions anew", () => {
  const commit = '0123456789abcdef'.repeat(3).slice(0, 40);
  expect(message(12)?.as).toEqual({
    kind: 'definitions-hint',
    hint: { repository: 'container/web', branch: 'f40', commit },
  });
});

const ofWeb = { subject: { digest, nvr: 'web-1.0-7' }, testCase: 'example-ci.web.smoke.functional' };

test('a completed test of a container image is a result for its digest and arch', () => {
  expect(message(14)?.as).toEqual({
    kind: 'result',
    results: [
      {
        ...ofWeb,
        outcome: 'PASSED',
        arch: 'aarch64',
        run: 'run-7',
        submittedAt: '2026-11-23T09:10:00.000Z',
        url: 'https://ci.example.org/run/7',
      },
    ],
  });
});

test("a running test of an OSBS image is a result by the artifact's id, on a team's UMB topic", () => {
  expect(parsed.get('2026-00000000-0000-4000-8000-000000000015')?.as).toMatchObject({
    results: [{ outcome: 'RUNNING', subject: { digest, nvr: 'web-container-1.0-7' } }],
  });
});

test('the old form of CI Messages is read, and a name and tag in place of an NVR is left out', () => {
  expect(message(16)?.as).toEqual({
    kind: 'result',
    results: [
      {
        outcome: 'FAILED',
        subject: { digest },
        testCase: 'example.tier1.integration',
        arch: 'x86_64',
        run: 'https://ci.example.org/run/8',
        url: 'https://ci.example.org/run/8',
      },
    ],
  });
});

test('a test that could not be run is an error for the whole index', () => {
  const results = message(17)?.as;
  expect(results).toMatchObject({ results: [{ ...ofWeb, outcome: 'ERROR' }] });
  expect(results).not.toHaveProperty('results.0.arch');
});

test("ResultsDB's result for a container image is a result, its time without a zone read as UTC", () => {
  expect(message(19)?.as).toMatchObject({
    results: [
      {
        ...ofWeb,
        outcome: 'PASSED',
        arch: 'x86_64',
        run: 'https://ci.example.org/run/7',
        report: 'resultsdb:58',
        submittedAt: '2026-11-23T09:12:00.000Z',
      },
    ],
  });
});
