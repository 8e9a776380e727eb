import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ArtifactDigest, type Digest } from '../../schemas/ids.ts';
import type { Builder } from '../../src/building/builder.ts';
import { runToSuccess } from '../../src/building/run-program.ts';
import { aWorkbench, type Done, packagesRecipe, type Workbench } from './workbench.ts';

const arch = 'aarch64';
const treeId = 'a'.repeat(40);

describe('a package list whose recipe is that of its baseline', () => {
  let bench: Workbench;
  let builder: Builder;
  let base: Done;
  let recipe: Digest;

  beforeAll(async () => {
    bench = await aWorkbench([arch]);
    builder = await bench.openBuilder();
    base = await bench.base(builder, arch, { treeId });
    if (base.built.recipe === undefined) throw new Error('no recipe was told');
    recipe = base.built.recipe;
  });
  afterAll(() => bench.close());

  const contentList = ArtifactDigest.parse(`sha256:${'c'.repeat(64)}`);
  /** Orders the base again, against what was built of it. */
  const again = async (changes: Parameters<Workbench['order']>[2] = {}, by = builder) => {
    const { contentId } = base.built;
    const order = bench.order('base', arch, {
      ...packagesRecipe('busybox', 'openssl-libs'),
      treeId,
      baseline: { contentId, manifestDigest: base.manifestDigest, recipe, contentList },
      stampedLabels: { version: '1', release: '2' },
      ...changes,
    });
    const runDir = join(bench.directory, `again-${order.run}`);
    const sourceDir = join(runDir, 'source');
    await mkdir(sourceDir, { recursive: true });
    let output = '';
    const onOutput = (text: string): void => {
      output += text;
    };
    const built = await by.build(order, {
      sourceDir,
      runDir,
      onOutput,
      signal: new AbortController().signal,
    });
    return { built, output };
  };

  test('is not built', async () => {
    const { built, output } = await again();
    expect(built).toMatchObject({ outcome: 'not built', recipe, baseline: { contentList } });
    expect(output).toContain('not built: its recipe is that of the baseline');
    expect(output).not.toContain('Installing');
  });

  test('is not built when the repository got a package that it does not want', async () => {
    const spec = join(bench.directory, 'unrelated.spec');
    const lines = [
      'Name: unrelated',
      'Version: 1',
      'Release: 1',
      'Summary: x',
      'License: MIT',
      '%description',
      'x',
      '%files',
    ];
    await writeFile(spec, `${lines.join('\n')}\n`);
    const defines = [
      '--define',
      `_topdir ${bench.directory}/rpmbuild`,
      '--define',
      `_rpmdir ${bench.repoDir}`,
    ];
    await runToSuccess({ file: 'rpmbuild', args: ['-bb', '--target', `${arch}-linux`, ...defines, spec] });
    const repository = join(bench.repoDir, arch);
    const before = await readFile(join(repository, 'repodata', 'repomd.xml'), 'utf8');
    await runToSuccess({
      file: 'createrepo_c',
      args: ['--quiet', '--update', '--no-database', '--', repository],
    });
    expect(await readFile(join(repository, 'repodata', 'repomd.xml'), 'utf8')).not.toBe(before);
    expect((await again()).built.outcome).toBe('not built');
  });

  test('is built where there is a proof to bring, and fails where the repository is stale', async () => {
    const atLeast = { epoch: 0, version: '3.9', release: '1' };
    const proof = { name: 'openssl-libs', arch, atLeast, source: 'openssl', repositories: ['example'] };
    await expect(again({ proofs: [proof] })).rejects.toMatchObject({
      failureClass: 'content',
      message: expect.stringMatching(
        /openssl-libs.aarch64 is 3\.2\.1-1\.fc40, wanted at least 3\.9-1 from example/,
      ),
    });
  });

  test.each([
    ['the folder', { treeId: 'b'.repeat(40) }],
    ['the release it is for', { releasever: '41' }],
  ])('differs by %s, and is built to the end', async (_, changes) => {
    const { built } = await again(changes);
    expect(built.outcome).toBe('unchanged');
    expect(built.recipe).not.toBe(recipe);
  });

  test('differs by the toolchain, and is built to the end', async () => {
    const { built } = await again({}, await bench.openBuilder({ isolation: 'chroot' }));
    expect(built.outcome).toBe('unchanged');
  });

  test('differs by what dnf would install; rolling the repository back brings the recipe and the content id back', async () => {
    await bench.addNewerOpenssl('3.2.2');
    const { built } = await again({ tag: 'newer' });
    expect(built).toMatchObject({ outcome: 'succeeded' });
    const packages = await runToSuccess({
      file: 'find',
      args: [bench.repoDir, '-name', 'openssl-libs-3.2.2-*', '-delete'],
    });
    expect(packages.exitCode).toBe(0);
    await runToSuccess({
      file: 'createrepo_c',
      args: ['--quiet', '--no-database', '--', join(bench.repoDir, arch)],
    });
    expect((await again()).built.outcome).toBe('not built');
    // Built to the end, it has the content id of old.
    expect((await again({ treeId: 'b'.repeat(40) })).built.outcome).toBe('unchanged');
  });
});
