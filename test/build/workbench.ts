/** A registry, a signed repository of the example packages, and a builder: what build tests have in common. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { BuildCommand } from '../../schemas/commands/run.ts';
import { type Arch, type Digest, ManifestDigest } from '../../schemas/ids.ts';
import type { Built } from '../../src/building/build-image.ts';
import { type Builder, type BuilderOptions, openBuilder } from '../../src/building/builder.ts';
import { stampedImage } from '../../src/building/image-config.ts';
import { exampleImagesDir } from '../../src/cli/demo/example-files.ts';
import { addNewerGreeter, addNewerOpenssl } from '../../src/cli/demo/packages.ts';
import { openRegistry, type Registry } from '../../src/registry/registry.ts';
import { aRegistry } from '../servers/registry.ts';
import { busyboxCache, copyPackages } from './example-packages.ts';

type Order = Partial<Omit<BuildCommand, 'image' | 'arch'>>;

/** A build that is done and stamped, as a worker leaves it. */
export interface Done {
  readonly built: Exclude<Built, { outcome: 'not built' }>;
  readonly manifestDigest: ManifestDigest;
  readonly output: string;
}

export interface Workbench {
  readonly registry: Registry;
  readonly repoDir: string;
  readonly directory: string;
  /** A builder with a state directory of its own. */
  openBuilder(options?: Partial<BuilderOptions>): Promise<Builder>;
  /** An order with defaults for what does not matter. */
  order(image: string, arch: Arch, changes?: Order): BuildCommand;
  build(
    builder: Builder,
    order: BuildCommand,
    given?: { files?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Done>;
  /** Builds the example's base. */
  base(builder: Builder, arch: Arch, changes?: Order): Promise<Done>;
  parent(image: string, digest: Digest): BuildCommand['parents'];
  addNewerOpenssl(version: string): Promise<void>;
  addNewerGreeter(): Promise<void>;
  close(): Promise<void>;
}

export const packagesRecipe = (...packages: string[]): Order => ({ recipe: { kind: 'packages', packages } });
export const containerfileRecipe: Order = { recipe: { kind: 'containerfile', path: 'Containerfile' } };

export const aWorkbench = async (arches: readonly Arch[]): Promise<Workbench> => {
  const directory = await mkdtemp(join(tmpdir(), 'flibs-build-'));
  const server = await aRegistry();
  const registry = openRegistry({ address: server.address });
  const repoDir = join(directory, 'repo');
  const examples = { dataDir: join(directory, 'data'), cacheDir: busyboxCache, repoDir, arches };
  const { baseurl, keyFile } = await copyPackages({
    ...examples,
    openssl: { version: '3.2.1', release: '1' },
  });
  const repositories = [{ id: 'example', baseurl, keys: [await readFile(keyFile, 'utf8')] }];

  const builders: Builder[] = [];
  const bench: Workbench = {
    registry,
    repoDir,
    directory,
    openBuilder: async (options = {}) => {
      const builder = await openBuilder({
        stateDir: join(directory, `state-${randomUUID()}`),
        log: pino({ level: 'silent' }),
        ...options,
      });
      builders.push(builder);
      return builder;
    },
    order: (image, arch, changes = {}) =>
      BuildCommand.parse({
        schemaVersion: 1,
        kind: 'build',
        run: randomUUID(),
        nvr: `${image}-1-1`,
        image,
        arch,
        sources: `${server.address}/sources/${image}@sha256:${'0'.repeat(64)}`,
        parents: [],
        repositories: repositories.map((repository) => ({ ...repository, gpgkeys: [keyFile] })),
        releasever: '40',
        platform: 'platform:f40',
        labels: {},
        stampedLabels: { version: '1', release: '1' },
        sourceDateEpoch: 1_750_000_000,
        proofs: [],
        destination: `${server.address}/candidate/${image}`,
        tag: `1-1-${arch}`,
        timeout: 300,
        ...containerfileRecipe,
        ...changes,
      }),
    build: (builder, order, given = {}) => buildAndStamp(bench, builder, order, given),
    base: (builder, arch, changes = {}) =>
      bench.build(
        builder,
        bench.order('base', arch, { ...packagesRecipe('busybox', 'openssl-libs'), ...changes }),
      ),
    parent: (image, digest) => [
      {
        from: image,
        edge: 'layer',
        pullspec: `${server.address}/candidate/${image}@${digest}`,
        manifestDigest: ManifestDigest.parse(digest),
      },
    ],
    addNewerOpenssl: async (version) => {
      await addNewerOpenssl({ ...examples, openssl: { version, release: '1' } });
    },
    addNewerGreeter: async () => {
      await addNewerGreeter({ ...examples, openssl: { version: '3.2.1', release: '1' } });
    },
    close: async () => {
      for (const builder of builders) await builder.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return bench;
};

const buildAndStamp = async (
  bench: Workbench,
  builder: Builder,
  order: BuildCommand,
  { files, signal = new AbortController().signal }: { files?: Record<string, string>; signal?: AbortSignal },
): Promise<Done> => {
  const runDir = join(bench.directory, `run-${randomUUID()}`);
  const sourceDir = files === undefined ? join(exampleImagesDir(), order.image) : join(runDir, 'sources');
  for (const [name, text] of Object.entries(files ?? {})) {
    await mkdir(sourceDir, { recursive: true });
    await writeFile(join(sourceDir, name), text);
  }
  let output = '';
  const onOutput = (text: string): void => {
    output += text;
  };
  try {
    const built = await builder.build(order, { sourceDir, runDir, onOutput, signal });
    if (built.outcome === 'not built') throw new Error('not built, though nothing named a recipe');
    if (built.outcome === 'unchanged') return { built, manifestDigest: built.manifestDigest, output };
    const repository = `candidate/${order.image}`;
    const pushed = await bench.registry.getManifest(repository, built.pushed);
    const stamped = stampedImage(pushed.json, built.stamp);
    await bench.registry.putBlob(repository, stamped.config);
    await bench.registry.putManifest(repository, order.tag, stamped.manifest, stamped.mediaType);
    return { built, manifestDigest: stamped.manifestDigest, output };
  } finally {
    await rm(runDir, { recursive: true, force: true });
  }
};
