/** Modules, images' sources and repository hints beyond the common case. */
import { describe, expect, test } from '@jest/globals';
import { readModuleBuilt } from '../../../src/nominating/module-built.ts';
import { readRepositoryHint } from '../../../src/nominating/repository-hint.ts';
import { readSourceChanged } from '../../../src/nominating/source-changed.ts';
import { aRelease, knowing } from './releases.ts';

const aModule = (body: Record<string, unknown>) => ({
  topic: 'org.example.mbs.module.state.change',
  headers: {},
  body: { state: 5, name: 'nodejs', stream: '20', version: '1', context: 'c', ...body },
});

describe('modules', () => {
  test('numbers stand for versions too, as the oldest messages have them', () => {
    expect(readModuleBuilt(aModule({ version: 2026112300 }), knowing())).toMatchObject({
      as: [{ version: '2026112300', reference: 'nodejs:20:2026112300:c' }],
    });
  });

  test.each([
    [0, 'init'],
    [3, 'done'],
    [4, 'failed'],
    [6, 'garbage'],
  ])('state %i is ignored and called %s', (state, name) => {
    expect(readModuleBuilt(aModule({ state }), knowing())).toMatchObject({
      verdict: 'ignored',
      reason: expect.stringContaining(`in state ${name}`),
    });
  });

  test('a scratch build is ignored', () => {
    expect(readModuleBuilt(aModule({ scratch: true }), knowing())).toMatchObject({ verdict: 'ignored' });
  });

  test('a ready one without a context cannot be found in repositories, so it is refused', () => {
    expect(readModuleBuilt(aModule({ context: undefined }), knowing())).toMatchObject({
      verdict: 'refused',
      reason: expect.stringMatching(/^context: /),
    });
  });
});

const aCommit = (commit: Record<string, unknown>) => ({
  topic: 'org.fedoraproject.prod.git.receive',
  headers: {},
  body: { commit: { repo: 'web', namespace: 'container', branch: 'f40', rev: 'a'.repeat(40), ...commit } },
});

describe("images' sources", () => {
  const f40 = aRelease('F40');

  test('branches are also told by their full name', () => {
    expect(readSourceChanged(aCommit({ branch: 'refs/heads/f40' }), knowing(f40))).toMatchObject({
      as: { repository: 'container/web', branch: 'f40', commit: 'a'.repeat(40) },
    });
  });

  test('where the image definitions are known, a commit for none of them is ignored', () => {
    const knowledge = { ...knowing(f40), images: new Set(['db']) };
    expect(readSourceChanged(aCommit({}), knowledge)).toEqual({
      verdict: 'ignored',
      reason: 'no image definition is called "web"',
    });
    expect(readSourceChanged(aCommit({ repo: 'db' }), knowledge)).toMatchObject({ verdict: 'understood' });
  });

  test('a branch of no configured release is ignored', () => {
    expect(readSourceChanged(aCommit({ branch: 'rawhide' }), knowing(f40))).toMatchObject({
      verdict: 'ignored',
    });
  });

  describe('where all definitions are in one repository', () => {
    const at = (url: string) => ({ ...knowing(f40), definitions: { url, branch: 'main' } });
    const pushed = { repo: 'images', branch: 'main' };

    test.each([
      ['https://src.example.org/container/images', 'container'],
      ['https://user@src.example.org/container/images.git/', 'container'],
      ['ssh://git@src.example.org/deep/container/images.git', 'container'],
      ['/srv/git/images.git', null],
      ['https://src.example.org/teams/web/images', 'teams/web'],
    ])('%s is what a commit in namespace %j means', (url, namespace) => {
      expect(readSourceChanged(aCommit({ ...pushed, namespace }), at(url))).toMatchObject({
        verdict: 'understood',
      });
    });

    test.each([
      ['https://src.example.org/rpms/images', 'container'],
      ['https://src.example.org/container/more-images', 'container'],
      ['https://src.example.org/container/web', 'container'],
      ['/srv/git/other-images.git', null],
    ])('%s is another repository than that of a commit in namespace %j', (url, namespace) => {
      expect(readSourceChanged(aCommit({ ...pushed, namespace }), at(url))).toEqual({
        verdict: 'ignored',
        reason: "a commit in another repository than the definitions'",
      });
    });

    test('another branch is ignored', () => {
      expect(
        readSourceChanged(
          aCommit({ ...pushed, branch: 'f40' }),
          at('https://src.example.org/container/images'),
        ),
      ).toEqual({
        verdict: 'ignored',
        reason: 'a commit on another branch than the definitions\' "main"',
      });
    });

    test('a commit elsewhere that cannot be read is nothing to us, one in it is refused', () => {
      const broken = aCommit({ ...pushed, rev: 'HEAD' });
      expect(readSourceChanged(broken, at('/srv/git/container/images'))).toMatchObject({
        verdict: 'refused',
      });
      expect(readSourceChanged(broken, at('/srv/git/container/else'))).toMatchObject({ verdict: 'ignored' });
    });
  });
});

describe('repository hints', () => {
  const aHint = (body: Record<string, unknown>) => ({
    topic: 'org.fedoraproject.prod.buildsys.repo.done',
    headers: {},
    body,
  });
  const f40 = aRelease('F40', { koji: { instance: 'primary', buildTags: ['f40-build'] } });

  test('a side tag is none', () => {
    expect(readRepositoryHint(aHint({ tag: 'f40-build-side-1' }), knowing(f40))).toMatchObject({
      verdict: 'ignored',
    });
  });

  test('the build tag of another Koji is none', () => {
    expect(readRepositoryHint(aHint({ tag: 'f40-build', instance: 'arm' }), knowing(f40))).toMatchObject({
      verdict: 'ignored',
    });
  });
});
