/** Repositories made by createrepo_c from packages made by rpmbuild, in each way it packs metadata. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import type { OfferedRpm } from '../../src/repos/primary.ts';
import { readRepository } from '../../src/repos/read-repository.ts';

let folder: string;

const spec = `Name: openssl
Epoch: 1
Version: 3.2.1~rc1
Release: 2.fc40
Summary: Text with <, & and é
License: MIT
BuildArch: noarch
%description
%{summary}
%package libs
Summary: Libraries
%description libs
Libraries
%files
%files libs
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flibs-createrepo-'));
  await writeFile(join(folder, 'openssl.spec'), spec);
  const dirs = ['-D', `_topdir ${join(folder, 'rpmbuild')}`, '-D', `_rpmdir ${join(folder, 'repo')}`];
  // Sources lie in the repository too, as they may.
  await execa('rpmbuild', [
    '-ba',
    ...dirs,
    '-D',
    `_srcrpmdir ${join(folder, 'repo')}`,
    join(folder, 'openssl.spec'),
  ]);
  await mkdir(join(folder, 'empty'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (repo: string): Promise<OfferedRpm[]> => {
  const rpms: OfferedRpm[] = [];
  await readRepository(
    {
      repository: { id: 'test', baseurl: pathToFileURL(join(folder, repo)).href, gpgkeys: ['key'] },
      arch: 's390x',
      releasever: '40',
    },
    { signal: new AbortController().signal, onRpm: (rpm) => void rpms.push(rpm) },
  );
  return rpms.sort((a, b) => (a.name < b.name ? -1 : 1));
};

const openssl = {
  epoch: 1,
  version: '3.2.1~rc1',
  release: '2.fc40',
  arch: 'noarch',
  sourceName: 'openssl',
  sourceEvr: '3.2.1~rc1-2.fc40',
  buildTime: expect.any(Number),
};

/** Reading needs the host's program; where it is missing that is told. */
const isInstalled = async (program: string): Promise<boolean> =>
  (await execa(program, ['--version'], { reject: false, stdin: 'ignore' })).exitCode === 0;

const expectRead = async (repo: string, program: string | undefined): Promise<void> => {
  if (program === undefined || (await isInstalled(program))) {
    expect(await read(repo)).toEqual([
      { ...openssl, name: 'openssl' },
      { ...openssl, name: 'openssl-libs' },
    ]);
    return;
  }
  await expect(read(repo)).rejects.toMatchObject({
    failure: 'unsupported',
    message: expect.stringContaining(`packed with ${program}, which is not installed`),
  });
};

test.each([
  ['gz', undefined],
  ['bz2', 'bzip2'],
  ['xz', 'xz'],
])('metadata packed as %s is read', async (packing, program) => {
  await execa('createrepo_c', ['--quiet', '--general-compress-type', packing, join(folder, 'repo')]);
  await expectRead('repo', program);
});

test('metadata packed as zst is read', async () => {
  await execa('createrepo_c', ['--quiet', join(folder, 'repo')]);
  const repodata = join(folder, 'repo', 'repodata');
  const gz = (await readdir(repodata)).find((name) => name.endsWith('primary.xml.gz')) ?? '';
  const primary = gunzipSync(await readFile(join(repodata, gz)));
  const packed = (await isInstalled('zstd'))
    ? (await execa('zstd', ['--stdout'], { input: primary, encoding: 'buffer' })).stdout
    : primary;
  await mkdir(join(folder, 'zst', 'repodata'), { recursive: true });
  await writeFile(join(folder, 'zst', 'repodata', 'primary.xml.zst'), packed);
  const checksum = createHash('sha256').update(packed).digest('hex');
  await writeFile(
    join(folder, 'zst', 'repodata', 'repomd.xml'),
    `<repomd><data type="primary"><checksum type="sha256">${checksum}</checksum><location href="repodata/primary.xml.zst"/></data></repomd>`,
  );
  await expectRead('zst', 'zstd');
});

test.each(['sha1', 'sha256', 'sha512'])('metadata checked by %s is read', async (checksum) => {
  await execa('createrepo_c', ['--quiet', '--checksum', checksum, join(folder, 'repo')]);
  expect(await read('repo')).toHaveLength(2);
});

test('a repository without packages offers none', async () => {
  await execa('createrepo_c', ['--quiet', join(folder, 'empty')]);
  expect(await read('empty')).toEqual([]);
});
