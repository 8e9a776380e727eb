import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRepository } from '../../../src/repos/read-repository.ts';
import { RepositoryError } from '../../../src/repos/repository-error.ts';
import {
  aRepository,
  packageXml,
  primaryXml,
  type RepositoryFiles,
  readAll,
  repositoryAt,
  type Served,
  serve,
} from './a-repository.ts';

const bash = {
  name: 'bash',
  arch: 'x86_64',
  epoch: 0,
  version: '5.2',
  release: '1.fc40',
  buildTime: 1_700_000_000,
  sourceName: 'bash',
  sourceEvr: '5.2-1.fc40',
};
const good = aRepository(primaryXml(packageXml()));

let served: Served;
beforeEach(async () => {
  served = await serve(good);
});
afterEach(() => served[Symbol.asyncDispose]());

const stateOf = ({ reading }: Awaited<ReturnType<typeof readAll>>) => {
  if (reading.unchanged) throw new Error('it should have been read');
  return reading;
};

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
      { signal: new AbortController().signal, onRpm: () => undefined },
    );
    expect(served.requests[0]).toBe('GET /4%2F0-i386-i686/repodata/repomd.xml 200');
  });

  test('one package is handed over after the other, as fast as the listener takes them', async () => {
    served.files = aRepository(
      primaryXml(...Array.from({ length: 50 }, (_, i) => packageXml({ name: `p${i}` }))),
    );
    let inHand = 0;
    let most = 0;
    await readRepository(
      { repository: repositoryAt(served.baseurl), arch: 'x86_64', releasever: '40' },
      {
        signal: new AbortController().signal,
        onRpm: async () => {
          inHand += 1;
          most = Math.max(most, inHand);
          await Promise.resolve();
          inHand -= 1;
        },
      },
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

describe('what goes wrong is told with the repository, where it lies and what to do', () => {
  const failureOf = async (
    files: RepositoryFiles,
  ): Promise<{ failure: string; message: string; rpms: number }> => {
    served.files = files;
    const rpms: unknown[] = [];
    const error = await readRepository(
      { repository: repositoryAt(served.baseurl), arch: 'x86_64', releasever: '40' },
      { signal: new AbortController().signal, onRpm: (rpm) => void rpms.push(rpm) },
    ).catch((caught: unknown) => caught);
    if (!(error instanceof RepositoryError)) throw new Error('it should have failed', { cause: error });
    expect(error.repository).toBe('updates');
    expect(error.message).toMatch(/^repository updates: http:\/\/127\.0\.0\.1/);
    return { failure: error.failure, message: error.message, rpms: rpms.length };
  };

  test('no repository there', async () => {
    expect(await failureOf({})).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('repomd.xml: is not there'),
    });
  });

  test('nobody listens', async () => {
    const { baseurl } = served;
    await served[Symbol.asyncDispose]();
    await expect(readAll(baseurl)).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    served = await serve(good);
  });

  test('primary metadata is gone: being updated', async () => {
    const files = { 'repodata/repomd.xml': good['repodata/repomd.xml'] };
    expect(await failureOf(files)).toMatchObject({
      failure: 'updating',
      message: expect.stringContaining('try again'),
    });
  });

  test('primary metadata is another than repomd.xml says: being updated, and none of it is handed over', async () => {
    const files = aRepository(primaryXml(packageXml()), { checksum: 'ab'.repeat(32) });
    expect(await failureOf(files)).toMatchObject({
      failure: 'updating',
      rpms: 0,
      message: expect.stringContaining('try again'),
    });
  });

  test('primary metadata is larger than repomd.xml says: being updated', async () => {
    expect(await failureOf(aRepository(primaryXml(packageXml()), { size: 10 }))).toMatchObject({
      failure: 'updating',
    });
  });

  test.each([
    ['no XML', 'hello'],
    ['a web page', '<html><body>Not found</body></html>'],
    ['XML that ends early', '<repomd><data type="primary">'],
    ['a repomd without primary metadata', '<repomd><revision>1</revision></repomd>'],
    ['bytes that are no text', Buffer.from([0x3c, 0xff, 0x3e])],
  ])('repomd.xml is %s: malformed', async (_, content) => {
    expect(await failureOf({ 'repodata/repomd.xml': Buffer.from(content) })).toMatchObject({
      failure: 'malformed',
    });
  });

  test.each([
    '../../../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://example.org/primary.xml.gz',
    '//example.org/x',
    '%2e%2e/%2e%2e/x.xml',
  ])('metadata that lies at %s, outside of the repository: malformed', async (href) => {
    expect(await failureOf(aRepository(primaryXml(), { href }))).toMatchObject({ failure: 'malformed' });
  });

  test('a packing that nobody here knows: unsupported', async () => {
    expect(await failureOf(aRepository(primaryXml(), { href: 'repodata/primary.xml.zck' }))).toMatchObject({
      failure: 'unsupported',
    });
  });

  test('a checksum that proves nothing: malformed', async () => {
    const files = aRepository(primaryXml(), { checksumType: 'md5', checksum: 'ab'.repeat(16) });
    expect(await failureOf(files)).toMatchObject({ failure: 'malformed' });
  });

  test.each([
    [
      'an entity bomb',
      `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>${primaryXml(packageXml({ name: '&b;' }))}`,
    ],
    ['an external entity', `<!DOCTYPE x SYSTEM "file:///etc/passwd">${primaryXml(packageXml())}`],
    ['an unknown entity', primaryXml(packageXml({ name: '&boom;' }))],
    ['a field without end', primaryXml(packageXml({ extra: `<x>${'a'.repeat(3_000_000)}</x>` }))],
    ['an attribute without end', primaryXml(packageXml({ extra: `<x a="${'a'.repeat(3_000_000)}"/>` }))],
    ['elements without end', primaryXml(packageXml({ extra: '<x>'.repeat(100_000) }))],
    ['a name with a path', primaryXml(packageXml({ name: '../../x' }))],
    ['a name that is an option', primaryXml(packageXml({ name: '--root=/' }))],
    ['a version with a space', primaryXml(packageXml({ version: 'ver="1 2" rel="1"' }))],
    ['no version', primaryXml(packageXml({ version: '' }))],
    ['other metadata', '<otherdata><package/></otherdata>'],
    ['a package that ends early', primaryXml(packageXml()).slice(0, -40)],
  ])('primary metadata with %s: malformed', async (_, primary) => {
    const files = aRepository(primary.replace(/^(<!DOCTYPE.*>)(<\?xml[^>]*>)/s, '$2$1'));
    expect(await failureOf(files)).toMatchObject({ failure: 'malformed' });
  });

  test('primary metadata that unpacks to more than was said: malformed, before it fills memory', async () => {
    const bomb = primaryXml(packageXml({ extra: '<x></x>'.repeat(1_000_000) }));
    expect(await failureOf(aRepository(bomb, { openSize: 5000 }))).toMatchObject({
      failure: 'malformed',
      rpms: 0,
    });
  });

  test("what the listener throws is not the repository's fault", async () => {
    const failing = readRepository(
      { repository: repositoryAt(served.baseurl), arch: 'x86_64', releasever: '40' },
      {
        signal: new AbortController().signal,
        onRpm: () => Promise.reject(new TypeError('the store is away')),
      },
    );
    await expect(failing).rejects.toThrow(new TypeError('the store is away'));
  });

  test('an abort is told as what it is', async () => {
    const signal = AbortSignal.abort(new RangeError('stopping'));
    await expect(readAll(served.baseurl, undefined, signal)).rejects.toThrow('stopping');
  });
});

describe('a directory as a repository', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flibs-repos-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (files: RepositoryFiles) => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content ?? '');
    }
  };

  test('is read like one behind a server, and is unchanged as long as repomd.xml is', async () => {
    await write(good);
    const first = await readAll(pathToFileURL(folder).href);
    expect(first.rpms).toEqual([bash]);
    expect((await readAll(pathToFileURL(folder).href, stateOf(first))).reading).toEqual({ unchanged: true });
  });

  test('that is not there is unreachable', async () => {
    await expect(readAll(pathToFileURL(join(folder, 'nowhere')).href)).rejects.toMatchObject({
      failure: 'unreachable',
    });
  });

  test('that has a directory in place of a file is unreachable', async () => {
    await mkdir(join(folder, 'repodata/repomd.xml'), { recursive: true });
    await expect(readAll(pathToFileURL(folder).href)).rejects.toMatchObject({ failure: 'unreachable' });
  });
});
