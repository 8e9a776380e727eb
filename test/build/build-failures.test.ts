import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { Builder } from '../../src/building/builder.ts';
import { signingKey } from '../../src/cli/demo/signing-key.ts';
import { aWorkbench, type Done, packagesRecipe, type Workbench } from './workbench.ts';

const arch: Arch = 'x86_64';
const nowhere = `sha256:${'1'.repeat(64)}`;

describe('a build that fails says what failed and whose fault it is', () => {
  let bench: Workbench;
  let builder: Builder;
  let base: Done;

  beforeAll(async () => {
    bench = await aWorkbench([arch, 'aarch64']);
    builder = await bench.openBuilder();
    base = await bench.base(builder, arch);
  });
  afterAll(() => bench.close());

  const failing = (order: BuildCommand, given: { files?: Record<string, string> } = {}) =>
    expect(bench.build(builder, order, given)).rejects;
  const onBase = (changes = {}) =>
    bench.order('runtime', arch, { parents: bench.parent('base', base.manifestDigest), ...changes });
  const containerfile = (...lines: string[]) => ({ files: { Containerfile: lines.join('\n') } });

  test('an unsigned package is a failure of the source', async () => {
    const unsigned = join(bench.directory, 'unsigned');
    await mkdir(unsigned);
    for (const name of await readdir(join(bench.repoDir, arch))) {
      if (name.endsWith('.rpm')) await copyFile(join(bench.repoDir, arch, name), join(unsigned, name));
    }
    const files = (await readdir(unsigned)).map((name) => join(unsigned, name));
    await promisify(execFile)('rpmsign', ['--delsign', ...files]);
    await promisify(execFile)('createrepo_c', ['--quiet', unsigned]);
    const [repository] = onBase().repositories;
    const repositories = [
      { id: 'unsigned', baseurl: `file://${unsigned}`, gpgkeys: ['x'], keys: repository?.keys ?? [] },
    ];
    const failure = { failureClass: 'source', message: expect.stringMatching(/not signed|GPG check FAILED/) };
    await failing(bench.order('base', arch, { ...packagesRecipe('busybox'), repositories })).toMatchObject(
      failure,
    );
    await failing(onBase({ repositories })).toMatchObject(failure);
  });

  test('a package signed with a key that is not the distro release’s is a failure of the source', async () => {
    const other = join(bench.directory, 'another-key');
    await mkdir(other);
    const keys = [await readFile((await signingKey(other)).publicFile, 'utf8')];
    const repositories = onBase().repositories.map((repository) => ({ ...repository, keys }));
    const order = bench.order('base', arch, { ...packagesRecipe('busybox'), repositories });
    await failing(order).toMatchObject({ failureClass: 'source', message: expect.stringContaining('GPG') });
  });

  test('a package that this arch does not have is a failure of the source', async () => {
    await rm(join(bench.repoDir, 'aarch64', 'static-tool-5.1-1.fc40.aarch64.rpm'));
    await promisify(execFile)('createrepo_c', ['--quiet', join(bench.repoDir, 'aarch64')]);
    const recipe = packagesRecipe('busybox', 'static-tool');
    expect((await bench.build(builder, bench.order('standalone', arch, recipe))).built.outcome).toBe(
      'succeeded',
    );
    await failing(bench.order('standalone', 'aarch64', recipe)).toMatchObject({
      failureClass: 'source',
      message: expect.stringContaining('static-tool'),
    });
  });

  test('a Containerfile that fails is a failure of the source, and its output is kept', async () => {
    await failing(
      onBase(),
      containerfile('FROM base', 'RUN echo before && echo this is wrong >&2 && exit 7'),
    ).toMatchObject({
      failureClass: 'source',
      message: expect.stringMatching(/this is wrong.*exit status 7/s),
    });
  });

  test('a Containerfile cannot reach the network', async () => {
    const looking = containerfile('FROM base', 'RUN tail -n +3 /proc/net/dev | busybox cut -d: -f1; exit 1');
    await failing(onBase(), looking).toMatchObject({
      message: expect.stringMatching(/exit 1\n\s*lo\nError/),
    });
  });

  test.each([
    ['FROM elsewhere', /elsewhere/],
    ['FROM base\nCOPY --from=docker.io/library/alpine /etc /x', /alpine/],
    ['RUN true', /FROM/],
  ])('a Containerfile with what is not pinned is refused: %j', async (text, reason) => {
    await failing(onBase(), containerfile(text)).toMatchObject({
      failureClass: 'source',
      message: expect.stringMatching(reason),
    });
  });

  test.each(['../Containerfile', '/etc/passwd', 'missing'])(
    'a Containerfile at %j is refused',
    async (path) => {
      const order = onBase({ recipe: { kind: 'containerfile', path } });
      await failing(order, containerfile('FROM base')).toMatchObject({
        failureClass: 'source',
        message: expect.stringContaining('have no file'),
      });
    },
  );

  test('a parent of another architecture is refused', async () => {
    const foreign = bench.order('runtime', 'aarch64', { parents: bench.parent('base', base.manifestDigest) });
    await failing(foreign).toMatchObject({
      failureClass: 'source',
      message: expect.stringContaining('not for aarch64'),
    });
  });

  test('a parent that is missing is a failure of the source', async () => {
    const pullspec = `${bench.registry.address}/candidate/base@${nowhere}`;
    await failing(onBase({ parents: [{ from: 'base', edge: 'layer', pullspec }] })).toMatchObject({
      failureClass: 'source',
      message: expect.stringContaining(nowhere),
    });
  });

  test.each(['--privileged', 'busybox:latest', 'localhost:1/../x@sha256:00'])(
    'a parent named %j is refused',
    async (pullspec) => {
      const order = onBase({ parents: [{ from: 'base', edge: 'layer', pullspec }] });
      await failing(order).toMatchObject({
        failureClass: 'source',
        message: expect.stringContaining('not named by digest'),
      });
    },
  );

  test.each(['--installroot=/', '/etc/passwd', 'a\nb'])('a package named %j is refused', async (name) => {
    const order = bench.order('base', arch, packagesRecipe('busybox', name));
    await failing(order).toMatchObject({
      failureClass: 'source',
      message: expect.stringContaining('not a name'),
    });
  });

  test('a proof that fails names the package, what was found, what was wanted and where it is on offer', async () => {
    const atLeast = { epoch: 0, version: '3.2.9', release: '1.fc40' };
    const proofs = [
      { name: 'openssl-libs', arch, atLeast, source: 'openssl', repositories: ['f40-updates'] },
    ];
    const recipe = packagesRecipe('busybox', 'openssl-libs');
    await failing(bench.order('base', arch, { ...recipe, proofs })).toMatchObject({
      failureClass: 'content',
      message: expect.stringMatching(
        /openssl-libs\.x86_64 is 3\.2\.1-1\.fc40, wanted at least 3\.2\.9-1\.fc40 from f40-updates/,
      ),
    });
  });

  test('a registry that is absent is a failure of the infrastructure, for pulling and for pushing', async () => {
    const absent = '127.0.0.1:9';
    const pullspec = `${absent}/candidate/base@${nowhere}`;
    const infrastructure = {
      failureClass: 'infrastructure',
      message: expect.stringContaining('connection refused'),
    };
    await failing(onBase({ parents: [{ from: 'base', edge: 'layer', pullspec }] })).toMatchObject(
      infrastructure,
    );
    const recipe = packagesRecipe('busybox');
    await failing(bench.order('base', arch, { ...recipe, destination: `${absent}/x` })).toMatchObject(
      infrastructure,
    );
  });

  test('a repository that cannot be read is a failure of the infrastructure', async () => {
    const repositories = onBase().repositories.map((repository) => ({
      ...repository,
      baseurl: 'http://127.0.0.1:9/',
    }));
    const order = bench.order('base', arch, { ...packagesRecipe('busybox'), repositories });
    await failing(order).toMatchObject({ failureClass: 'infrastructure' });
  });
});
