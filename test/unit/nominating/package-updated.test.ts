import { describe, expect, test } from '@jest/globals';
import { readPackageUpdated } from '../../../src/nominating/package-updated.ts';
import { aRelease, knowing } from './releases.ts';

const anUpdate = (
  update: Record<string, unknown> = {},
  topic = 'org.example.bodhi.update.complete.stable',
) => ({
  topic,
  headers: {},
  body: {
    update: {
      alias: 'FEDORA-2026-1',
      release: { name: 'F40' },
      builds: [{ nvr: 'bash-5.2-1.fc40' }],
      ...update,
    },
  },
});

const aTag = (body: Record<string, unknown> = {}, topic = 'org.fedoraproject.prod.buildsys.tag') => ({
  topic,
  headers: {},
  body: { name: 'bash', version: '5.2', release: '1.fc41', tag: 'f41', instance: 'primary', ...body },
});

describe("Bodhi's updates", () => {
  test.each([
    ['security', 'urgent', 'critical'],
    ['security', 'high', 'important'],
    ['security', 'medium', 'moderate'],
    ['security', 'low', 'low'],
    ['security', 'unspecified', 'none'],
    ['security', undefined, 'none'],
    ['bugfix', 'urgent', 'none'],
    [undefined, 'high', 'none'],
  ])('a %s update rated %s has severity %s for images', (type, severity, expected) => {
    const reading = readPackageUpdated(anUpdate({ type, severity }), knowing(aRelease('F40')));
    expect(reading).toMatchObject({ as: [{ severity: expected }] });
  });

  test('every release that answers to the name is nominated for', () => {
    const releases = knowing(
      aRelease('F40'),
      aRelease('F40-minimal', { bodhiNames: ['F40'] }),
      aRelease('F41'),
    );
    expect(readPackageUpdated(anUpdate(), releases)).toMatchObject({
      as: [{ distroRelease: 'F40' }, { distroRelease: 'F40-minimal' }],
    });
  });

  test.each(['module', 'container', 'flatpak'])(
    'one of type %s is ignored, also where only its builds say so',
    (type) => {
      const reason = `an update of type "${type}": only RPM updates nominate packages`;
      const ofContent = anUpdate({ content_type: type });
      const ofBuilds = anUpdate({ builds: [{ nvr: 'bash-5.2-1.fc40' }, { nvr: 'web-1-1', type }] });
      for (const update of [ofContent, ofBuilds]) {
        expect(readPackageUpdated(update, knowing(aRelease('F40')))).toEqual({ verdict: 'ignored', reason });
      }
    },
  );

  test('one for another release is ignored before its builds are looked at', () => {
    expect(
      readPackageUpdated(anUpdate({ release: { name: 'F39' }, builds: null }), knowing(aRelease('F40'))),
    ).toEqual({
      verdict: 'ignored',
      reason: 'Bodhi\'s release "F39" belongs to no configured distro release',
    });
  });

  test('the refused names the build that is wrong', () => {
    const update = anUpdate({ builds: [{ nvr: 'bash-5.2-1.fc40' }, { nvr: '--flag-1-1' }] });
    expect(readPackageUpdated(update, knowing(aRelease('F40')))).toEqual({
      verdict: 'refused',
      reason: 'update.builds.1.nvr.name: does not look like a package name',
    });
  });
});

describe("Koji's tags", () => {
  const f41 = aRelease('F41', { koji: { tags: ['f41', 'f41-updates'] } });

  test.each(['f41', 'f41-updates'])('a build in the configured tag %s is nominated', (tag) => {
    expect(readPackageUpdated(aTag({ tag }), knowing(f41))).toMatchObject({
      as: [{ distroRelease: 'F41', reference: tag }],
    });
  });

  test('the same tag of another Koji is not', () => {
    expect(readPackageUpdated(aTag({ instance: 'riscv' }), knowing(f41))).toMatchObject({
      verdict: 'ignored',
    });
  });

  test('a message without an instance is of the one Koji that there was', () => {
    expect(readPackageUpdated(aTag({ instance: undefined }), knowing(f41))).toMatchObject({
      verdict: 'understood',
    });
  });

  test('a tag that was deleted meanwhile is ignored', () => {
    expect(readPackageUpdated(aTag({ tag: null }), knowing(f41))).toEqual({
      verdict: 'ignored',
      reason: 'the tag was deleted meanwhile',
    });
  });

  test("CentOS's own Koji is not listened to", () => {
    expect(readPackageUpdated(aTag({}, 'org.centos.prod.cbs.buildsys.tag'), knowing(f41))).toEqual({
      verdict: 'ignored',
      reason: 'topic not listened to',
    });
  });
});

describe('without a configuration, where any release is ours', () => {
  const anyRelease = { distroReleases: [], anyRelease: true };

  test.each([
    ['f40', 'F40'],
    ['f40-updates', 'F40'],
    ['epel9', 'EPEL-9'],
    ['eln', 'ELN'],
  ])('tag %s is of release %s', (tag, distroRelease) => {
    expect(readPackageUpdated(aTag({ tag }), anyRelease)).toMatchObject({ as: [{ distroRelease }] });
  });

  test.each(['f40-updates-candidate', 'f40-build-side-1', 'f40-pending', 'module-x-build', '__proto__'])(
    'tag %s is no place of released builds',
    (tag) => {
      expect(readPackageUpdated(aTag({ tag }), anyRelease)).toMatchObject({ verdict: 'ignored' });
    },
  );

  test("an update's release is called as Bodhi calls it, if that can be a name", () => {
    expect(readPackageUpdated(anUpdate(), anyRelease)).toMatchObject({ as: [{ distroRelease: 'F40' }] });
    expect(readPackageUpdated(anUpdate({ release: { name: '../F40' } }), anyRelease)).toMatchObject({
      verdict: 'refused',
    });
  });
});
