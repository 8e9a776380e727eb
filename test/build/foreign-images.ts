/** Images that flibs never built: layers as others pack them, with real rpm databases, in a real registry. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Arch, type Digest, ManifestDigest, ociPlatform } from '../../schemas/ids.ts';
import { runToSuccess } from '../../src/building/run-program.ts';
import { digestOf } from '../../src/registry/digests.ts';
import { buildIndex } from '../../src/registry/image-index.ts';
import { ociConfig, ociManifest } from '../../src/registry/media-types.ts';
import type { Registry } from '../../src/registry/registry.ts';

/** `name-version-release`, or with `(source)` before it: `(openssl)openssl-libs-3.2.1-1`. */
export type Package = string;

/** Files by path; `tar` is given the folder they are written to. */
interface LayerFiles {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Run in the folder before it is packed: links and what else `files` cannot say. */
  readonly arrange?: (folder: string) => Promise<unknown>;
}

export interface ForeignImage {
  readonly arch: Arch;
  /** Unpacked archives, lowest first. */
  readonly layers: readonly Buffer[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly pack?: (archive: Buffer) => Promise<Buffer> | Buffer;
}

const inScratch = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'flibs-foreign-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

export const aLayer = ({ files, arrange }: LayerFiles): Promise<Buffer> =>
  inScratch(async (directory) => {
    const folder = join(directory, 'layer');
    await mkdir(folder);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await arrange?.(folder);
    const archive = join(directory, 'layer.tar');
    await runToSuccess({
      file: 'tar',
      args: ['--create', `--file=${archive}`, `--directory=${folder}`, '.'],
    });
    return readFile(archive);
  });

export const zstdPacked = (archive: Buffer): Promise<Buffer> =>
  inScratch(async (directory) => {
    const [plain, packed] = [join(directory, 'layer.tar'), join(directory, 'layer.tar.zst')];
    await writeFile(plain, archive);
    await runToSuccess({ file: 'zstd', args: ['--quiet', '-o', packed, plain] });
    return readFile(packed);
  });

const specOf = (pkg: Package): string => {
  const [, source, name, version, release] = /^(?:\((.*)\))?(.+)-([^-]+)-([^-]+)$/.exec(pkg) ?? [];
  const sub = source !== undefined && source !== name;
  const head = `Name: ${source ?? name}\nVersion: ${version}\nRelease: ${release}\nSummary: x\nLicense: MIT\n`;
  return sub
    ? `${head}%description\nx\n%package -n ${name}\nSummary: x\n%description -n ${name}\nx\n%files -n ${name}\n`
    : `${head}%description\nx\n%files\n`;
};

/** The files of an rpm database, written by rpm itself, that lists these packages. */
export const anRpmdb = (arch: Arch, packages: readonly Package[]): Promise<Record<string, Buffer>> =>
  inScratch(async (directory) => {
    for (const [at, pkg] of packages.entries()) {
      const spec = join(directory, `${at}.spec`);
      await writeFile(spec, specOf(pkg));
      const defines = ['--define', `_topdir ${directory}/build`, '--define', `_rpmdir ${directory}/rpms`];
      await runToSuccess({ file: 'rpmbuild', args: ['-bb', '--target', `${arch}-linux`, ...defines, spec] });
    }
    const { stdout } = await runToSuccess({ file: 'find', args: [directory, '-name', '*.rpm'] });
    const database = join(directory, 'db');
    const flags = ['--install', '--justdb', '--nodeps', '--ignorearch', '--ignoreos', '--nosignature'];
    const files = stdout.trim().split('\n');
    await runToSuccess({ file: 'rpm', args: ['--dbpath', database, ...flags, ...files] });
    const names = ['rpmdb.sqlite', 'rpmdb.sqlite-wal', 'rpmdb.sqlite-shm'];
    const read = await Promise.all(
      names.map(
        async (name) => [name, await readFile(join(database, name)).catch(() => Buffer.alloc(0))] as const,
      ),
    );
    return Object.fromEntries(read);
  });

/** A layer with a database in one of rpm's places, as `rpm` or `dnf` leave it. */
export const rpmLayer = async (
  arch: Arch,
  packages: readonly Package[],
  place = 'var/lib/rpm',
): Promise<Buffer> => {
  const database = await anRpmdb(arch, packages);
  const named = Object.entries(database).map(([name, bytes]) => [`${place}/${name}`, bytes]);
  return aLayer({ files: Object.fromEntries(named) });
};

/** Puts an image of one arch there. */
export const pushForeign = async (
  registry: Registry,
  repository: string,
  image: ForeignImage,
): Promise<{ digest: ManifestDigest; size: number }> => {
  const pack = image.pack ?? gzipSync;
  const config = await registry.putBlob(
    repository,
    Buffer.from(
      JSON.stringify({
        ...ociPlatform(image.arch),
        os: 'linux',
        config: { Labels: image.labels ?? {} },
        rootfs: { type: 'layers', diff_ids: image.layers.map(digestOf) },
      }),
    ),
  );
  const layers = await Promise.all(
    image.layers.map(async (layer) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...(await registry.putBlob(repository, await pack(layer))),
    })),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifest,
      config: { mediaType: ociConfig, ...config },
      layers,
    }),
  );
  const digest = await registry.putManifest(repository, digestOf(manifest), manifest, ociManifest);
  return { digest: ManifestDigest.parse(digest), size: manifest.length };
};

/** Puts an image of several arches there, under a tag. */
export const pushForeignIndex = async (
  registry: Registry,
  repository: string,
  tag: string,
  images: readonly ForeignImage[],
): Promise<{ indexDigest: Digest; manifests: ReadonlyMap<Arch, ManifestDigest> }> => {
  const pushed = await Promise.all(
    images.map(async (image) => ({ ...(await pushForeign(registry, repository, image)), arch: image.arch })),
  );
  const index = buildIndex(pushed.map((each) => ({ ...each, mediaType: ociManifest })));
  await registry.putManifest(repository, tag, index.bytes, index.mediaType);
  return { indexDigest: index.digest, manifests: new Map(pushed.map(({ arch, digest }) => [arch, digest])) };
};
