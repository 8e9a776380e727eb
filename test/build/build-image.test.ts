import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Digest } from '../../schemas/ids.ts';
import type { Builder } from '../../src/building/builder.ts';
import { buildIndex } from '../../src/registry/image-index.ts';
import { ociManifest } from '../../src/registry/media-types.ts';
import { aWorkbench, type Done, packagesRecipe, type Workbench } from './workbench.ts';

const Manifest = z.object({
  config: z.object({ digest: Digest }),
  layers: z.array(z.object({ digest: Digest })),
});
const Config = z.object({
  architecture: z.string(),
  created: z.string(),
  config: z.object({ Labels: z.record(z.string(), z.string()), Cmd: z.array(z.string()).optional() }).loose(),
});

const arch = 'aarch64';

describe('building an image for a foreign architecture', () => {
  let bench: Workbench;
  let builder: Builder;
  let base: Done;

  beforeAll(async () => {
    bench = await aWorkbench([arch, 'x86_64']);
    builder = await bench.openBuilder();
    base = await bench.base(builder, arch, { labels: { summary: 'a base' }, command: ['/bin/sh'] });
  });
  afterAll(() => bench.close());

  const stored = async (image: string, digest: Digest) => {
    const manifest = Manifest.parse((await bench.registry.getManifest(`candidate/${image}`, digest)).json);
    const blob = await bench.registry.getBlob(`candidate/${image}`, manifest.config.digest);
    return { manifest, config: Config.parse(JSON.parse(blob.toString())) };
  };
  const run = (image: string, digest: Digest, ...command: string[]) =>
    builder.test({
      pullspec: `${bench.registry.address}/candidate/${image}@${digest}`,
      arch,
      command,
      timeout: 60,
      onOutput: () => undefined,
      signal: new AbortController().signal,
    });
  const runtimeOrder = (changes = {}) =>
    bench.order('runtime', arch, { parents: bench.parent('base', base.manifestDigest), ...changes });

  test('a package list gives the packages, their sources and the stamped labels', async () => {
    expect(base.built.contentList.rpms).toEqual([
      expect.objectContaining({ name: 'busybox', arch, version: '1.35.0', sourceName: 'busybox' }),
      expect.objectContaining({
        name: 'openssl-libs',
        version: '3.2.1',
        sourceName: 'openssl',
        sourceEvr: '3.2.1-1.fc40',
      }),
    ]);
    const { manifest, config } = await stored('base', base.manifestDigest);
    expect(manifest.layers).toHaveLength(1);
    expect(config).toMatchObject({
      architecture: 'arm64',
      created: '2025-06-15T15:06:40Z',
      config: { Labels: { summary: 'a base', version: '1', release: '1' }, Cmd: ['/bin/sh'] },
    });
  });

  test('scriptlets run on the image’s own architecture', async () => {
    const result = await run('base', base.manifestDigest, 'cat', '/usr/lib/flibs-example/scriptlet-arch');
    expect(result).toEqual({ exitCode: 0, output: `${arch}\n` });
  });

  test('a Containerfile without a dnf of its own adds one clean layer to its parent', async () => {
    const runtime = await bench.build(builder, runtimeOrder());
    const parent = (await stored('base', base.manifestDigest)).manifest;
    const { manifest, config } = await stored('runtime', runtime.manifestDigest);
    expect(manifest.layers).toHaveLength(2);
    expect(manifest.layers[0]).toEqual(parent.layers[0]);
    expect(config.config).toMatchObject({ Entrypoint: ['/usr/bin/tinyscript'], Cmd: ['--version'] });
    expect(runtime.built.contentList.parent).toBe(base.manifestDigest);
    expect(runtime.output).toContain('tinyscript-1.2');
    const traces =
      'find / -xdev \\( -name flibs -o -name "dnf*" -o -name "history.sqlite*" -o -name "rpmdb.sqlite-*" \\)';
    const left = await run(
      'runtime',
      runtime.manifestDigest,
      '/bin/sh',
      '-c',
      `ls /run /usr/bin/dnf 2>&1; busybox ${traces}`,
    );
    expect(left.output).not.toMatch(/flibs$|history|sqlite-|dnf\..*log/m);
    expect(left.output).toContain('/usr/bin/dnf: No such file');
    const version = await run('runtime', runtime.manifestDigest, 'tinyscript', '--version');
    expect(version.output).toBe('tinyscript 1.2 on aarch64, openssl 3.2.1-1.fc40\n');
  });

  test('stages, arguments and copies from a stage are built as written', async () => {
    const Containerfile = [
      'ARG WHICH=base',
      'FROM $WHICH AS tools',
      'RUN echo "made on $(uname -m)" > /made',
      'FROM base AS middle',
      'RUN rm /usr/bin/openssl-version && mkdir /extra && echo x > /extra/y',
      'FROM middle',
      'COPY --from=tools /made /extra/made',
      'RUN rm /extra/y',
      'USER 1000',
    ].join('\n');
    const built = await bench.build(builder, runtimeOrder({ tag: 'stages' }), { files: { Containerfile } });
    const { manifest, config } = await stored('runtime', built.manifestDigest);
    expect(manifest.layers).toHaveLength(2);
    expect(config.config).toMatchObject({ User: '1000' });
    const shown = await run(
      'runtime',
      built.manifestDigest,
      '/bin/sh',
      '-c',
      'ls /extra; cat /extra/made; id -u; openssl-version',
    );
    expect(shown.output).toMatch(/^made\nmade on aarch64\n1000\n.*openssl-version: not found/s);
  });

  test('volatile labels of the parent are not inherited', async () => {
    const child = await bench.build(builder, runtimeOrder({ stampedLabels: {}, tag: 'unlabelled' }));
    const { config } = await stored('runtime', child.manifestDigest);
    expect(config.config.Labels).toEqual({ name: 'runtime', summary: 'The tinyscript interpreter' });
  });

  test('nothing is pushed when the content is the baseline’s, whatever its release number', async () => {
    const { built, manifestDigest } = base;
    const again = await bench.base(builder, arch, {
      labels: { summary: 'a base' },
      command: ['/bin/sh'],
      baseline: { contentId: built.contentId, manifestDigest },
      stampedLabels: { version: '1', release: '2' },
      tag: '1-2-aarch64',
    });
    expect(again.built).toMatchObject({ outcome: 'unchanged', manifestDigest, contentId: built.contentId });
    expect(await bench.registry.listTags('candidate/base')).not.toContain('1-2-aarch64');
  });

  test('both architectures of an external base that is named by its index are found in one storage', async () => {
    const other = await bench.base(builder, 'x86_64');
    const entries = [
      { digest: base.manifestDigest, arch: arch as 'aarch64' },
      { digest: other.manifestDigest, arch: 'x86_64' as const },
    ];
    const sized = await Promise.all(
      entries.map(async (entry) => {
        const head = await bench.registry.headManifest('candidate/base', entry.digest);
        return { ...entry, size: head?.size ?? 0, mediaType: ociManifest };
      }),
    );
    const index = buildIndex(sized);
    await bench.registry.putManifest('candidate/base', 'both', index.bytes, index.mediaType);
    const pullspec = `${bench.registry.address}/candidate/base@${index.digest}`;
    const parents = [{ from: 'base', edge: 'layer' as const, pullspec }];
    for (const each of ['x86_64', 'aarch64'] as const) {
      const built = await bench.build(
        builder,
        bench.order('runtime', each, { parents, tag: `both-${each}` }),
      );
      expect(built.built.contentList.rpms).toContainEqual(
        expect.objectContaining({ name: 'tinyscript', arch: each }),
      );
    }
  });

  test('a child brings a listed package up to date that its parent has in an older version', async () => {
    await bench.addNewerOpenssl('3.2.2');
    const changes = { ...packagesRecipe('openssl-libs'), parents: bench.parent('base', base.manifestDigest) };
    const proofs = [
      {
        name: 'openssl-libs',
        arch,
        atLeast: { epoch: 0, version: '3.2.2', release: '1.fc40' },
        source: 'openssl',
        repositories: ['example'],
      },
    ];
    const child = await bench.build(builder, bench.order('child', arch, { ...changes, proofs }));
    expect(child.built.contentList.rpms.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'busybox 1.35.0',
      'openssl-libs 3.2.2',
    ]);
  });

  test('a smoke test that fails tells its exit status and output, one that hangs is ended', async () => {
    const failed = await run('base', base.manifestDigest, '/bin/sh', '-c', 'echo no; exit 3');
    expect(failed).toMatchObject({ exitCode: 3, output: expect.stringContaining('no\n') });
    const hanging = await builder.test({
      pullspec: `${bench.registry.address}/candidate/base@${base.manifestDigest}`,
      arch,
      command: ['sleep', '1000'],
      timeout: 1,
      onOutput: () => undefined,
      signal: new AbortController().signal,
    });
    expect(hanging).toMatchObject({ exitCode: 124, output: expect.stringContaining('ended after 1 s') });
  });

  test('the network is cut off', async () => {
    const result = await run(
      'base',
      base.manifestDigest,
      '/bin/sh',
      '-c',
      'cat /proc/net/dev | tail -n +3 | wc -l',
    );
    expect(result).toEqual({ exitCode: 0, output: '1\n' });
  });
});
