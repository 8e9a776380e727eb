import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ArtifactDigest } from '../../../schemas/ids.ts';
import { BuildFailed } from '../../../src/building/build-failed.ts';
import { digestOf } from '../../../src/registry/digests.ts';
import { contentArtifact, logArtifact, sourceArtifact } from '../../../src/registry/media-types.ts';
import { withDirectory } from '../definitions/fixture.ts';
import { aTestCommand } from '../runtime/a-worker.ts';
import {
  aBuildCommand,
  aFakeBuilder,
  anImageBuilder,
  aRegistryInMemory,
  builtUnchanged,
  destination,
} from './an-image-builder.ts';

describe('a build', () => {
  test('is of the files that the sources artifact holds', async () => {
    await withDirectory(async (runsDir) => {
      let containerfile = '';
      const builder = aFakeBuilder({
        build: async (_order, { sourceDir }) => {
          containerfile = await readFile(join(sourceDir, 'Containerfile'), 'utf8');
          return builtUnchanged;
        },
      });
      await anImageBuilder({ runsDir, builder }).runs(aBuildCommand());
      expect(containerfile).toBe('FROM scratch\n');
    });
  });

  test('leaves the stamped image under its tag, and content list and log beside it', async () => {
    await withDirectory(async (runsDir) => {
      const registry = aRegistryInMemory();
      const report = await anImageBuilder({ runsDir, registry }).runs(aBuildCommand());
      expect(report).toMatchObject({ kind: 'built', outcome: 'succeeded', toolchain: { buildah: 'fake' } });
      expect([...registry.tags.keys()]).toEqual([
        `${destination}:app-1-1.x86_64`,
        `${destination}:app-1-1.x86_64.content`,
        `${destination}:app-1-1.x86_64.log`,
      ]);
      const tagged = (suffix: string) => registry.tags.get(`${destination}:app-1-1.x86_64${suffix}`);
      expect(report).toMatchObject({
        manifestDigest: tagged('')?.digest,
        contentList: tagged('.content')?.digest,
        log: tagged('.log')?.digest,
      });
      expect(tagged('.content')?.mediaType).toBe(contentArtifact);
      expect(tagged('.log')).toMatchObject({ mediaType: logArtifact, text: 'building\n' });
    });
  });

  test('that made the very content of its baseline puts no manifest', async () => {
    await withDirectory(async (runsDir) => {
      const registry = aRegistryInMemory();
      const builder = aFakeBuilder({ build: async () => builtUnchanged });
      const report = await anImageBuilder({ runsDir, registry, builder }).runs(aBuildCommand());
      expect(report).toMatchObject({
        kind: 'built',
        outcome: 'unchanged',
        manifestDigest: builtUnchanged.manifestDigest,
      });
      expect(registry.tags.has(`${destination}:app-1-1.x86_64`)).toBe(false);
    });
  });

  test('that was not made, because its recipe is the baseline’s, names what the baseline has and pushes its log alone', async () => {
    await withDirectory(async (runsDir) => {
      const registry = aRegistryInMemory();
      const contentList = ArtifactDigest.parse(digestOf(Buffer.from('list')));
      const recipe = digestOf(Buffer.from('recipe'));
      const { contentId, manifestDigest, toolchain } = builtUnchanged;
      const baseline = { contentId, manifestDigest, recipe, contentList };
      const builder = aFakeBuilder({
        build: async () => ({ outcome: 'not built', baseline, recipe, toolchain }),
      });
      const report = await anImageBuilder({ runsDir, registry, builder }).runs(aBuildCommand({ baseline }));
      expect(report).toMatchObject({ kind: 'built', outcome: 'unchanged', ...baseline });
      expect([...registry.tags.keys()]).toEqual([`${destination}:app-1-1.x86_64.log`]);
    });
  });

  test('leaves nothing behind in the scratch directory, however it ends', async () => {
    await withDirectory(async (runsDir) => {
      const failing = aFakeBuilder({ build: () => Promise.reject(new Error('no')) });
      await anImageBuilder({ runsDir }).runs(aBuildCommand());
      await anImageBuilder({ runsDir, builder: failing }).runs(aBuildCommand());
      expect(await readdir(runsDir)).toEqual([]);
    });
  });
});

describe('a build that fails', () => {
  const failing = (error: Error) => aFakeBuilder({ build: () => Promise.reject(error) });

  test.each(['source', 'content', 'infrastructure'] as const)(
    'by %s is reported as that, with a log that ends with the reason',
    async (failureClass) => {
      await withDirectory(async (runsDir) => {
        const registry = aRegistryInMemory();
        const builder = failing(new BuildFailed(failureClass, 'no package foo'));
        const command = aBuildCommand();
        const report = await anImageBuilder({ runsDir, registry, builder }).runs(command);
        const log = registry.tags.get(`${destination}:failed.${command.run}.log`);
        expect(report).toMatchObject({
          kind: 'failed',
          failureClass,
          error: 'no package foo',
          log: log?.digest,
        });
        expect(log?.text).toBe('\nno package foo\n');
      });
    },
  );

  test('because its sources are not there is a failure of the infrastructure', async () => {
    await withDirectory(async (runsDir) => {
      const registry = aRegistryInMemory();
      const command = aBuildCommand({ sources: `${destination}@sha256:${'9'.repeat(64)}` });
      const report = await anImageBuilder({ runsDir, registry }).runs(command);
      expect(report).toMatchObject({ kind: 'failed', failureClass: 'infrastructure' });
    });
  });

  test('is reported without a log where the registry takes none', async () => {
    await withDirectory(async (runsDir) => {
      const registry = { ...aRegistryInMemory(), pushArtifact: () => Promise.reject(new Error('away')) };
      const builder = failing(new BuildFailed('source', 'no package foo'));
      const report = await anImageBuilder({ runsDir, registry, builder }).runs(aBuildCommand());
      expect(report).toMatchObject({ kind: 'failed', failureClass: 'source' });
      expect(report).not.toHaveProperty('log');
    });
  });
});

describe('a smoke test', () => {
  test.each([
    [0, 'passed'],
    [3, 'failed'],
  ])('that exits with %d has %s', async (exitCode, result) => {
    await withDirectory(async (runsDir) => {
      const registry = aRegistryInMemory();
      const output = `${'x'.repeat(5000)}the end`;
      const builder = aFakeBuilder({
        test: async ({ onOutput }) => {
          onOutput(output);
          return { exitCode, output };
        },
      });
      const command = aTestCommand({ destination });
      const report = await anImageBuilder({ runsDir, registry, builder }).runs(command);
      expect(report).toMatchObject({ kind: 'tested', result, exitCode, output: output.slice(-4096) });
      expect(registry.tags.get(`${destination}:test.${command.run}.log`)?.text).toBe(output);
    });
  });

  test('that could not be run is no result', async () => {
    await withDirectory(async (runsDir) => {
      const builder = aFakeBuilder({
        test: () => Promise.reject(new BuildFailed('infrastructure', 'no image')),
      });
      const report = await anImageBuilder({ runsDir, builder }).runs(aTestCommand({ destination }));
      expect(report).toMatchObject({ kind: 'failed', failureClass: 'infrastructure', error: 'no image' });
    });
  });
});

test('sources of another kind than sources are not built', async () => {
  await withDirectory(async (runsDir) => {
    const registry = aRegistryInMemory();
    const other = await registry.pushArtifact('app', {
      mediaType: logArtifact,
      content: Buffer.from('a log'),
    });
    const command = aBuildCommand({ sources: `${destination}@${other}` });
    const report = await anImageBuilder({ runsDir, registry }).runs(command);
    expect(report?.['error']).toContain(`not ${sourceArtifact}`);
  });
});
