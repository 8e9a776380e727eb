import { describe, expect, test } from '@jest/globals';
import { readPackageWithdrawn } from '../../../src/nominating/package-withdrawn.ts';
import { aRelease, knowing } from './releases.ts';

const f40 = knowing(aRelease('F40', { koji: { tags: ['f40-updates'] } }));

const anUpdate = (what: string, update: Record<string, unknown> = {}) => ({
  topic: `org.fedoraproject.prod.bodhi.update.${what}`,
  headers: {},
  body: {
    agent: 'bodhi',
    update: {
      alias: 'FEDORA-2026-1',
      type: 'security',
      severity: 'urgent',
      release: { name: 'F40' },
      builds: [{ nvr: 'openssl-3.2.2-1.fc40' }, { nvr: 'openssl-pkcs11-0.4-1.fc40' }],
      ...update,
    },
  },
});

const anUntag = (body: Record<string, unknown> = {}) => ({
  topic: 'org.fedoraproject.prod.buildsys.untag',
  headers: {},
  body: {
    name: 'openssl',
    version: '3.2.2',
    release: '1.fc40',
    tag: 'f40-updates',
    instance: 'primary',
    ...body,
  },
});

test.each(['eject', 'request.unpush'])('an update that meets %s is a withdrawal of its builds', (what) => {
  expect(readPackageWithdrawn(anUpdate(what), f40)).toEqual({
    verdict: 'understood',
    as: [
      {
        kind: 'withdrawal',
        distroRelease: 'F40',
        sources: [
          { name: 'openssl', version: '3.2.2', release: '1.fc40' },
          { name: 'openssl-pkcs11', version: '0.4', release: '1.fc40' },
        ],
        severity: 'none',
        reference: 'FEDORA-2026-1',
      },
    ],
  });
});

test('a build that lost a tag of a release is a withdrawal of it', () => {
  expect(readPackageWithdrawn(anUntag(), f40)).toMatchObject({
    as: [{ kind: 'withdrawal', sources: [{ name: 'openssl', version: '3.2.2' }], reference: 'f40-updates' }],
  });
});

describe('nothing to us is', () => {
  test.each([
    ['a side tag', anUntag({ tag: 'f40-build-side-1' }), /belongs to no configured distro release/],
    ['a tag that is gone', anUntag({ tag: null }), /the tag was deleted/],
    ['another Koji', anUntag({ instance: 'arm' }), /belongs to no configured/],
    ['an update of containers', anUpdate('eject', { content_type: 'container' }), /only RPM updates/],
    ['another release', anUpdate('eject', { release: { name: 'F39' } }), /belongs to no configured/],
    ['another request', anUpdate('request.stable'), /topic not listened to/],
  ])('%s', (_, message, reason) => {
    expect(readPackageWithdrawn(message, f40)).toEqual({
      verdict: 'ignored',
      reason: expect.stringMatching(reason),
    });
  });
});

test('what names no build is refused', () => {
  expect(readPackageWithdrawn(anUntag({ version: undefined }), f40)).toMatchObject({ verdict: 'refused' });
  expect(readPackageWithdrawn(anUpdate('eject', { builds: [{ nvr: 'openssl' }] }), f40)).toMatchObject({
    verdict: 'refused',
    reason: 'update.builds.0.nvr: must be name-version-release',
  });
});
