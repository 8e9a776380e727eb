import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRepository } from '../../../src/repos/read-repository.ts';
import { RepositoryError } from '../../../src/repos/repository-error.ts';
import {
  aListener,
  aRepository,
  packageXml,
  primaryXml,
  type RepositoryFiles,
  readAll,
  repositoryAt,
  type Served,
  serve,
} from './a-repository.ts';

const good = aRepository(primaryXml(packageXml()));

let served: Served;
beforeEach(async () => {
  served = await serve(good);
});
afterEach(() => served[Symbol.asyncDispose]());

describe('what goes wrong is told with the repository, where it lies and what to do', () => {
  const failureOf = async (
    files: RepositoryFiles,
  ): Promise<{ failure: string; message: string; rpms: number }> => {
    served.files = files;
    const rpms: unknown[] = [];
    const error = await readRepository(
      { repository: repositoryAt(served.baseurl), arch: 'x86_64', releasever: '40' },
      aListener({ onRpms: (some) => void rpms.push(...some) }),
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

  test.each([
    ['that are no YAML', 'data: [\n'],
    ['nested without end', `data: ${'['.repeat(200_000)}`],
    [
      'that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]
${'bcdefghij'.replace(/./g, (letter) => `${letter}: &${letter} [${`*${String.fromCharCode(letter.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
    ],
    ['longer than any is', `text: "${'a'.repeat(5_000_000)}"`],
    ['that do not say what they are', 'name: x'],
  ])('modules %s: malformed', async (_, modules) => {
    expect(await failureOf(aRepository(primaryXml(packageXml()), {}, { modules }))).toMatchObject({
      failure: 'malformed',
    });
  });

  test.each([
    ['of another kind', '<metadata/>'],
    ['that end early', '<updates><update type="security">'],
    ['without an id', '<updates><update type="security"/></updates>'],
    [
      'with a package without a version',
      '<updates><update><id>A-1</id><pkglist><collection><package name="x" arch="x86_64"/></collection></pkglist></update></updates>',
    ],
  ])('advisories %s: malformed', async (_, updateinfo) => {
    expect(await failureOf(aRepository(primaryXml(packageXml()), {}, { updateinfo }))).toMatchObject({
      failure: 'malformed',
    });
  });

  test("what the listener throws is not the repository's fault", async () => {
    const failing = readRepository(
      { repository: repositoryAt(served.baseurl), arch: 'x86_64', releasever: '40' },
      aListener({ onRpms: () => Promise.reject(new TypeError('the store is away')) }),
    );
    await expect(failing).rejects.toThrow(new TypeError('the store is away'));
  });

  test('an abort is told as what it is', async () => {
    const signal = AbortSignal.abort(new RangeError('stopping'));
    await expect(readAll(served.baseurl, undefined, signal)).rejects.toThrow('stopping');
  });
});
