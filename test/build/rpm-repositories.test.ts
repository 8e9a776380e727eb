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
import { type RepositoryQuestion, readRepository } from '../../src/repos/read-repository.ts';
import { aListener } from '../unit/repos/a-repository.ts';

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

const questionAbout = (repo: string): RepositoryQuestion => ({
  repository: { id: 'test', baseurl: pathToFileURL(join(folder, repo)).href, gpgkeys: ['key'] },
  arch: 's390x',
  releasever: '40',
});

const read = async (repo: string): Promise<OfferedRpm[]> => {
  const rpms: OfferedRpm[] = [];
  await readRepository(questionAbout(repo), aListener({ onRpms: (some) => void rpms.push(...some) }));
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

const expected = [
  { ...openssl, name: 'openssl' },
  { ...openssl, name: 'openssl-libs' },
];

test.each(['gz', 'bz2', 'xz'])('metadata packed as %s is read', async (packing) => {
  await execa('createrepo_c', ['--quiet', '--general-compress-type', packing, join(folder, 'repo')]);
  expect(await read('repo')).toEqual(expected);
});

// This createrepo_c knows no zstd yet, as newer ones do by default.
test('metadata packed as zst is read', async () => {
  await execa('createrepo_c', ['--quiet', join(folder, 'repo')]);
  const repodata = join(folder, 'repo', 'repodata');
  const gz = (await readdir(repodata)).find((name) => name.endsWith('primary.xml.gz')) ?? '';
  const primary = gunzipSync(await readFile(join(repodata, gz)));
  const packed = (await execa('zstd', ['--stdout'], { input: primary, encoding: 'buffer' })).stdout;
  await mkdir(join(folder, 'zst', 'repodata'), { recursive: true });
  await writeFile(join(folder, 'zst', 'repodata', 'primary.xml.zst'), packed);
  const checksum = createHash('sha256').update(packed).digest('hex');
  await writeFile(
    join(folder, 'zst', 'repodata', 'repomd.xml'),
    `<repomd><data type="primary"><checksum type="sha256">${checksum}</checksum><location href="repodata/primary.xml.zst"/></data></repomd>`,
  );
  expect(await read('zst')).toEqual(expected);
});

test.each(['gz', 'bz2', 'xz'])(
  'modules and advisories that modifyrepo_c added as %s are read',
  async (packing) => {
    await execa('createrepo_c', ['--quiet', join(folder, 'repo')]);
    const label = 'tls:1.10:20260401:c0ffee';
    const [name = '', stream = '', version = '', context = ''] = label.split(':');
    await writeFile(
      join(folder, 'modules.yaml'),
      `document: modulemd\nversion: 2\ndata: {name: ${name}, stream: ${stream}, version: ${version}, context: ${context}}\n`,
    );
    await writeFile(
      join(folder, 'updateinfo.xml'),
      '<updates><update type="security"><id>EXAMPLE-1</id><severity>Low</severity></update></updates>',
    );
    for (const file of ['modules.yaml', 'updateinfo.xml'])
      await execa('modifyrepo_c', [
        '--compress-type',
        packing,
        join(folder, file),
        join(folder, 'repo', 'repodata'),
      ]);
    const found: unknown[] = [];
    await readRepository(
      questionAbout('repo'),
      aListener({
        onModule: (module) => void found.push(module),
        onAdvisories: (advisories) => void found.push(...advisories),
      }),
    );
    expect(found).toMatchObject([{ label }, { id: 'EXAMPLE-1', severity: 'low' }]);
  },
);

test.each(['sha1', 'sha256', 'sha512'])('metadata checked by %s is read', async (checksum) => {
  await execa('createrepo_c', ['--quiet', '--checksum', checksum, join(folder, 'repo')]);
  expect(await read('repo')).toHaveLength(2);
});

test('a repository without packages offers none', async () => {
  await execa('createrepo_c', ['--quiet', join(folder, 'empty')]);
  expect(await read('empty')).toEqual([]);
});
