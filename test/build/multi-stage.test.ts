/** A Containerfile of several stages: every image it names is pinned and of the arch, and only the last stage is the image. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManifestDigest } from '../../schemas/ids.ts';
import type { Builder } from '../../src/building/builder.ts';
import { aWorkbench, type Done, packagesRecipe, type Workbench } from './workbench.ts';

const arch = 'x86_64';

const containerfile = [
  'FROM tool AS stage',
  'RUN echo from the stage > /taken',
  'FROM base',
  'COPY --from=stage /taken /usr/share/taken',
  'COPY --from=tool /usr/bin/webd /usr/share/webd',
  '',
].join('\n');

describe('an image of two stages', () => {
  let bench: Workbench;
  let builder: Builder;
  let base: Done;
  let tool: Done;
  beforeAll(async () => {
    bench = await aWorkbench([arch, 'aarch64']);
    builder = await bench.openBuilder();
    base = await bench.base(builder, arch);
    tool = await bench.build(
      builder,
      bench.order('tool', arch, packagesRecipe('busybox', 'openssl-libs', 'webd')),
    );
  });
  afterAll(() => bench.close());

  const buildOnly = (image: string, digest: string) =>
    bench
      .parent(image, ManifestDigest.parse(digest))
      .map((parent) => ({ ...parent, edge: 'build-only' as const }));
  const build = (parents: ReturnType<Workbench['parent']>) =>
    bench.build(builder, bench.order('two', arch, { parents }), { files: { Containerfile: containerfile } });

  test('has the files that it takes, the packages of its own parent, and none of the stage', async () => {
    const parents = [...bench.parent('base', base.manifestDigest), ...buildOnly('tool', tool.manifestDigest)];
    const { built, manifestDigest } = await build(parents);
    expect(built.contentList.parent).toBe(base.manifestDigest);
    expect(built.contentList.rpms).toEqual(base.built.contentList.rpms);
    const ran = await builder.test({
      pullspec: `${bench.registry.address}/candidate/two@${manifestDigest}`,
      arch,
      command: [
        '/bin/sh',
        '-c',
        'cat /usr/share/taken && test -s /usr/share/webd && ! test -e /usr/bin/webd',
      ],
      timeout: 60,
      onOutput: () => undefined,
      signal: new AbortController().signal,
    });
    expect(ran).toMatchObject({ exitCode: 0, output: expect.stringContaining('from the stage') });
  });

  test('is refused where one of its images is pinned to another arch’s manifest', async () => {
    const foreign = await bench.build(
      builder,
      bench.order('tool', 'aarch64', {
        ...packagesRecipe('busybox', 'openssl-libs', 'webd'),
        tag: 'foreign',
      }),
    );
    const parents = [
      ...bench.parent('base', base.manifestDigest),
      ...buildOnly('tool', foreign.manifestDigest),
    ];
    await expect(build(parents)).rejects.toMatchObject({
      failureClass: 'source',
      message: expect.stringMatching(/is for linux\/arm64, not for x86_64/),
    });
  });

  test('is refused where one of its images is not pinned', async () => {
    await expect(build(bench.parent('base', base.manifestDigest))).rejects.toMatchObject({
      failureClass: 'source',
      message: expect.stringContaining('no digest is known for "tool"'),
    });
  });
});
