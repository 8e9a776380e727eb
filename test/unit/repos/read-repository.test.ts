import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRepository } from '../../../src/repos/read-repository.ts';
import {
  aListener,
  aRepository,
  bash,
  packageXml,
  primaryXml,
  type RepositoryFiles,
  readAll,
  repositoryAt,
  type Served,
  serve,
  stateOf,
} from './a-repository.ts';

const good = aRepository(primaryXml(packageXml()));

let served: Served;
beforeEach(async () => {
  served = await serve(good);
});
afterEach(() => served[Symbol.asyncDispose]());

describe('packages on offer', () => {
  test('each has its source package and build time; texts and dependencies do not mislead', async () => {
    const { reading, rpms } = await readAll(served.baseurl);
    expect(rpms).toEqual([bash]);
    expect(reading).toMatchObject({ unchanged: false, revision: '1700000002' });
  });

  test('noarch is on offer, sources are not', async () => {
    served.files = aRepository(
      primaryXml(
        packageXml({
          name: 'tzdata',
          arch: 'noarch',
          version: 'epoch="1" ver="2024a" rel="5.fc40"',
          sourcerpm: 'tzdata-2024a-5.fc40.src.rpm',
        }),
        packageXml({ arch: 'src', sourcerpm: '' }),
        packageXml({ arch: 'nosrc', sourcerpm: '' }),
      ),
    );
    expect((await readAll(served.baseurl)).rpms).toEqual([
      {
        ...bash,
        name: 'tzdata',
        arch: 'noarch',
        epoch: 1,
        version: '2024a',
        release: '5.fc40',
        sourceName: 'tzdata',
        sourceEvr: '2024a-5.fc40',
      },
    ]);
  });

  test('a package without a source package stands for itself', async () => {
    served.files = aRepository(primaryXml(packageXml({ sourcerpm: '' })));
    expect((await readAll(served.baseurl)).rpms).toMatchObject([
      { sourceName: 'bash', sourceEvr: '5.2-1.fc40' },
    ]);
  });

  test('variables in the address are replaced', async () => {
    await readRepository(
      {
        repository: repositoryAt(`${served.baseurl.replace('$basearch', '')}$releasever-\${basearch}-$arch`),
        arch: 'i686',
        releasever: '4/0',
      },
      aListener({}),
    );
    expect(served.requests[0]).toBe('GET /4%2F0-i386-i686/repodata/repomd.xml 200');
  });

  test('one batch of packages is handed over after the other, as fast as the listener takes them', async () => {
    served.files = aRepository(
      primaryXml(...Array.from({ length: 50 }, (_, i) => packageXml({ name: `p${i}` }))),
    );
    let inHand = 0;
    let most = 0;
    await readRepository(
      { repository: repositoryAt(served.baseurl), arch: 'x86_64', releasever: '40' },
      aListener({
        onRpms: async () => {
          inHand += 1;
          most = Math.max(most, inHand);
          await Promise.resolve();
          inHand -= 1;
        },
      }),
    );
    expect(most).toBe(1);
  });
});

describe('an unchanged repository', () => {
  test('costs one conditional request', async () => {
    const before = stateOf(await readAll(served.baseurl));
    served.requests.length = 0;
    expect(await readAll(served.baseurl, before)).toEqual({ reading: { unchanged: true }, rpms: [] });
    expect(served.requests).toEqual(['GET /x86_64/repodata/repomd.xml 304']);
  });

  test('is known by its checksum where the server knows no entity tags', async () => {
    const { repomdChecksum } = stateOf(await readAll(served.baseurl));
    served.requests.length = 0;
    expect((await readAll(served.baseurl, { repomdChecksum })).reading).toEqual({ unchanged: true });
    expect(served.requests).toEqual(['GET /x86_64/repodata/repomd.xml 200']);
  });

  test('is read again once it changes', async () => {
    const before = stateOf(await readAll(served.baseurl));
    served.files = aRepository(primaryXml(packageXml({ version: 'epoch="0" ver="5.2" rel="2.fc40"' })));
    expect((await readAll(served.baseurl, before)).rpms).toMatchObject([{ release: '2.fc40' }]);
  });
});

describe('a repository that changes while it is read', () => {
  const newer = aRepository(primaryXml(packageXml({ version: 'epoch="0" ver="5.2" rel="2.fc40"' })));
  const halfChanged = (): RepositoryFiles => ({
    ...newer,
    'repodata/repomd.xml': aRepository(primaryXml(packageXml()))['repodata/repomd.xml'],
  });

  test('is read as it is now, by the new repomd.xml', async () => {
    served.files = halfChanged();
    served.onRequest = (path) => {
      if (path.includes('primary')) served.files = newer;
    };
    expect((await readAll(served.baseurl)).rpms).toMatchObject([{ release: '2.fc40' }]);
  });

  test('and goes on changing is left for the next time, after one more try', async () => {
    served.files = halfChanged();
    await expect(readAll(served.baseurl)).rejects.toMatchObject({ failure: 'updating' });
    expect(served.requests.filter((request) => request.includes('repomd.xml'))).toHaveLength(2);
  });
});
