import { chmod, lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import fc from 'fast-check';
import { createArchive, extractArchive } from '../../../src/definitions/archive.ts';
import type { FolderEntry } from '../../../src/definitions/folder-entry.ts';
import { type TarEntry, tarBlocks } from '../../../src/definitions/ustar.ts';
import { withDirectory } from './fixture.ts';

const file = (path: string, content = '', mode: '100644' | '100755' = '100644'): FolderEntry => ({
  path,
  mode,
  content: Buffer.from(content),
});
const link = (path: string, target: string): FolderEntry => ({
  path,
  mode: '120000',
  content: Buffer.from(target),
});

/** An archive as a stranger could make it. */
const hostile = (...entries: Partial<TarEntry>[]): Buffer =>
  gzipSync(
    Buffer.concat([
      ...entries.map((entry) =>
        tarBlocks({
          path: 'x',
          type: 'file',
          mode: 0o644,
          mtime: 0,
          target: '',
          content: Buffer.from('evil'),
          ...entry,
        }),
      ),
      Buffer.alloc(1024),
    ]),
  );

const folder = [
  file('Containerfile', 'FROM base\n'),
  file('bin/run', '#!/bin/sh\n', '100755'),
  file(`long/${'d'.repeat(120)}/${'f'.repeat(120)}`, 'long'),
  file('ünïcode', 'x'),
  link('l', 'bin/run'),
  link('bin/up', '../Containerfile'),
  link('far', `${'x/'.repeat(80)}y`),
];

describe('createArchive', () => {
  test('gives the same bytes for the same files in any order', () => {
    expect(createArchive(folder.toReversed(), 7)).toEqual(createArchive(folder, 7));
    expect(createArchive(folder, 8)).not.toEqual(createArchive(folder, 7));
  });

  test('is what tar reads', async () => {
    await withDirectory(async (path) => {
      await writeFile(join(path, 'a.tar.gz'), createArchive(folder, 1_600_000_000));
      const found = await execa(
        'tar',
        ['--list', '--verbose', '--numeric-owner', '--utc', '--quoting-style=literal', '--file', 'a.tar.gz'],
        { cwd: path, env: { LC_ALL: 'C' } },
      ).catch(() => undefined);
      if (!found) return void console.warn('tar is not installed: the comparison with tar did not run');
      const lines = found.stdout.split('\n');
      expect(lines).toHaveLength(folder.length);
      for (const line of lines) expect(line).toMatch(/^[-l]rwxr-xr-x 0\/0|^-rw-r--r-- 0\/0/);
      expect(found.stdout).toContain(' 2020-09-13 12:26 bin/up -> ../Containerfile');
      expect(found.stdout).toContain(`long/${'d'.repeat(120)}/${'f'.repeat(120)}`);
    });
  });
});

describe('extractArchive', () => {
  test('gives the folder back: bytes, executable bits, links and times', async () => {
    await withDirectory(async (path) => {
      await extractArchive(createArchive(folder, 1_600_000_000), path);
      for (const { path: name, mode, content } of folder) {
        const place = join(path, name);
        const found = await lstat(place);
        expect(found.mtimeMs).toBe(1_600_000_000_000);
        if (mode === '120000') expect(await readlink(place)).toBe(content.toString());
        else {
          expect(await readFile(place)).toEqual(content);
          expect(found.mode & 0o777).toBe(mode === '100755' ? 0o755 : 0o644);
        }
      }
      expect((await lstat(join(path, 'bin'))).mtimeMs).toBe(1_600_000_000_000);
    });
  });

  test.each<[string, Buffer, string]>([
    ['a path that climbs', hostile({ path: '../evil' }), 'is not a plain path'],
    ['a path that climbs further on', hostile({ path: 'a/../../evil' }), 'is not a plain path'],
    ['an absolute path', hostile({ path: '/tmp/evil' }), 'is not a plain path'],
    ['a long path that climbs', hostile({ path: `${'a/'.repeat(90)}../evil` }), 'is not a plain path'],
    ['a path with a newline', hostile({ path: 'a\nb' }), 'holds control characters'],
    ['the directory itself', hostile({ path: '.' }), 'is not a plain path'],
    [
      'an absolute link',
      hostile({ type: 'link', target: '/etc', content: Buffer.alloc(0) }),
      'leads out of the folder',
    ],
    [
      'a link that climbs',
      hostile({ path: 'a/b', type: 'link', target: '../../etc', content: Buffer.alloc(0) }),
      'leads out of the folder',
    ],
    [
      'a link that climbs through another',
      hostile(
        { path: 'a/b', type: 'link', target: '..', content: Buffer.alloc(0) },
        { path: 'c', type: 'link', target: 'a/b/../..', content: Buffer.alloc(0) },
      ),
      'other than at its beginning',
    ],
    [
      'a file through a link',
      hostile({ path: 'd', type: 'link', target: 'e', content: Buffer.alloc(0) }, { path: 'd/evil' }),
      'goes through "d"',
    ],
    ['a file through a file', hostile({ path: 'd' }, { path: 'd/evil' }), 'goes through "d"'],
    [
      'the same path twice',
      hostile({ path: 'd', type: 'link', target: 'e', content: Buffer.alloc(0) }, { path: 'd' }),
      'is there twice',
    ],
    ['something else than gzip', Buffer.from('PK'), 'is no gzip file'],
    ['something else than tar', gzipSync(Buffer.alloc(600, 1)), 'not a ustar header'],
    ['nothing', gzipSync(Buffer.alloc(0)), 'is cut off'],
    [
      'an archive that is cut off',
      gzipSync(gunzipSync(createArchive(folder, 0)).subarray(0, 900)),
      'is cut off',
    ],
    [
      'a device',
      gzipSync(withType(gunzipSync(hostile({ content: Buffer.alloc(0) })), '3')),
      'is no file, directory or symbolic link',
    ],
    [
      'a hard link',
      gzipSync(withType(gunzipSync(hostile({ content: Buffer.alloc(0), target: '/etc/passwd' })), '1')),
      'is no file, directory or symbolic link',
    ],
  ])('refuses %s and writes nothing', async (_what, bytes, problem) => {
    await withDirectory(async (path) => {
      const inside = join(path, 'inside');
      await mkdir(inside);
      await expect(extractArchive(bytes, inside)).rejects.toThrow(problem);
      expect(await readdir(path)).toEqual(['inside']);
      expect(await readdir(inside)).toEqual([]);
    });
  });

  test('refuses what unpacks to far more than it is', async () => {
    const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024));
    await withDirectory(async (path) => {
      await expect(extractArchive(bomb, path)).rejects.toThrow('unpacks to more than is taken');
    });
  });

  test('refuses a directory that is not empty', async () => {
    await withDirectory(async (path) => {
      await writeFile(join(path, 'a'), '');
      await expect(extractArchive(createArchive(folder, 0), path)).rejects.toThrow('is not empty');
    });
  });

  test('does not take a setuid bit', async () => {
    await withDirectory(async (path) => {
      await extractArchive(hostile({ path: 'x', mode: 0o6755 }), path);
      expect((await lstat(join(path, 'x'))).mode & 0o7777).toBe(0o755);
      await chmod(join(path, 'x'), 0o644);
    });
  });

  test('of any bytes writes all or nothing outside', async () => {
    const good = gunzipSync(createArchive([file('a', 'x'), link('b', 'a')], 0));
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await withDirectory(async (path) => {
          const inside = join(path, 'inside');
          await mkdir(inside);
          await extractArchive(gzipSync(bytes), inside).catch(() => undefined);
          expect(await readdir(path)).toEqual(['inside']);
        });
      }),
      { numRuns: 60 },
    );
  });
});

/** The first header with another type, and the checksum that goes with it. */
function withType(archive: Buffer, type: string): Buffer {
  const bytes = Buffer.from(archive);
  bytes.write(type, 156, 'latin1');
  bytes.write(' '.repeat(8), 148, 'latin1');
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
