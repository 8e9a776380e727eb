import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findRpmdb, insideRoot } from '../../../src/building/inside-root.ts';
import { scrub } from '../../../src/building/scrub.ts';

describe('a path inside an image’s root', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'flibs-root-'));
    await mkdir(join(root, 'usr/lib/sysimage/rpm'), { recursive: true });
    await mkdir(join(root, 'var/lib'), { recursive: true });
    await writeFile(join(root, 'usr/lib/sysimage/rpm/Packages'), '');
    await symlink('../../usr/lib/sysimage/rpm', join(root, 'var/lib/rpm'));
    await symlink('/etc', join(root, 'etc'));
  });
  afterAll(() => rm(root, { recursive: true }));

  test('is found where no link is on the way', async () => {
    expect(await insideRoot(root, '/usr/lib/sysimage')).toBe(join(root, 'usr/lib/sysimage'));
    expect(await insideRoot(root, '/usr/nothing')).toBeUndefined();
  });

  test('does not lead outside through links or dots', async () => {
    expect(await insideRoot(root, '/etc/passwd')).toBeUndefined();
    expect(await insideRoot(root, '/usr/../../etc')).toBeUndefined();
  });

  test.each(['', '/', '/tmp', 'relative/path'])('is not looked for in %j', async (notRoot) => {
    await expect(insideRoot(notRoot, '/etc')).rejects.toThrow('not the root of an image');
    await expect(scrub({ root: notRoot, env: {} })).rejects.toThrow('not the root of an image');
  });

  test('the rpmdb is found at its real place, not through the link that points there', async () => {
    expect(await findRpmdb(root)).toBe(join(root, 'usr/lib/sysimage/rpm'));
  });
});
