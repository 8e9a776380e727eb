import { link, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Arch } from '../../schemas/ids.ts';
import {
  readImageContent,
  readOutline,
  readOutlinedContent,
} from '../../src/flows/contents/image-content.ts';
import { openRegistry, type Registry } from '../../src/registry/registry.ts';
import { aRegistry, type TestRegistry } from '../servers/registry.ts';
import { aLayer, anRpmdb, type ForeignImage, pushForeign, rpmLayer, zstdPacked } from './foreign-images.ts';

const x86 = 'x86_64';
describe('what is in an image that others built', () => {
  let server: TestRegistry;
  let registry: Registry;
  let base: Buffer;

  beforeAll(async () => {
    server = await aRegistry();
    registry = openRegistry({ address: server.address, attempts: 2 });
    base = await rpmLayer(x86, ['bash-5.2-1.fc40', '(openssl)openssl-libs-3.2.1-1.fc40']);
  });
  afterAll(() => server.stop());

  const push = (layers: readonly Buffer[], more: Partial<ForeignImage> = {}) =>
    pushForeign(registry, 'foreign', { arch: x86, layers, ...more });
  const namesIn = async (layers: readonly Buffer[], more: Partial<ForeignImage> = {}) => {
    const { digest } = await push(layers, more);
    const { rpms } = await readImageContent(registry, 'foreign', digest);
    return rpms.map(({ name, version }) => `${name} ${version}`);
  };
  const databaseAt = async (place: string, packages: readonly string[]) => {
    const database = await anRpmdb(x86, packages);
    return Object.fromEntries(Object.entries(database).map(([name, bytes]) => [`${place}/${name}`, bytes]));
  };

  test.each<Arch>(['x86_64', 'aarch64', 'ppc64le', 's390x'])(
    'is read for %s, and nothing of it is run',
    async (arch) => {
      const layer = await rpmLayer(arch, ['(openssl)openssl-libs-3.2.1-1.fc40']);
      const { digest } = await push([layer], { arch, labels: { version: '40' } });
      const { outline, rpms } = await readImageContent(registry, 'foreign', digest);
      expect(outline).toMatchObject({ arch, manifestDigest: digest, labels: { version: '40' } });
      expect(rpms).toEqual([
        {
          ...{ name: 'openssl-libs', epoch: 0, version: '3.2.1', release: '1.fc40', arch },
          ...{ sourceName: 'openssl', sourceEvr: '3.2.1-1.fc40' },
        },
      ]);
    },
  );

  test.each(['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'])('is found in %s', async (place) => {
    expect(await namesIn([await rpmLayer(x86, ['bash-5.2-1.fc40'], place)])).toEqual(['bash 5.2']);
  });

  test('is that of the highest layer with a database, whatever it weighs below', async () => {
    const upper = await rpmLayer(x86, ['bash-5.3-1.fc40']);
    const { digest } = await push([base, upper, await aLayer({ files: { 'srv/page': 'x' } })]);
    const read: string[] = [];
    const watched = {
      ...registry,
      streamBlob: (...args: Parameters<Registry['streamBlob']>) => {
        read.push(args[1]);
        return registry.streamBlob(...args);
      },
    };
    const { outline, rpms } = await readImageContent(watched, 'foreign', digest);
    expect(rpms.map(({ version }) => version)).toEqual(['5.3']);
    expect(read).toEqual([outline.layers[2], outline.layers[1]]);
  });

  test('is what is below a layer without any entry', async () => {
    expect(await namesIn([base, Buffer.alloc(1024)])).toEqual(await namesIn([base]));
  });

  test('is nothing where a layer above removes the database', async () => {
    expect(await namesIn([base, await aLayer({ files: { 'var/lib/rpm/.wh.rpmdb.sqlite': '' } })])).toEqual(
      [],
    );
    expect(await namesIn([base, await aLayer({ files: { 'var/lib/.wh.rpm': '' } })])).toEqual([]);
    expect(await namesIn([base, await aLayer({ files: { 'var/.wh..wh..opq': '', 'var/x': '' } })])).toEqual(
      [],
    );
  });

  test('is in its new place where a layer moves it and leaves a link', async () => {
    const files = await databaseAt('usr/lib/sysimage/rpm', ['bash-5.3-1.fc40']);
    const moved = await aLayer({
      files: { ...files, 'var/lib/.wh.rpm': '' },
      arrange: (folder) => symlink('../../usr/lib/sysimage/rpm', join(folder, 'var/lib/rpm')),
    });
    expect(await namesIn([base, moved])).toEqual(['bash 5.3']);
  });

  test('is found behind the hard links of an ostree image', async () => {
    const files = await databaseAt('usr/share/rpm', ['bash-5.3-1.fc40']);
    const layer = await aLayer({
      files,
      arrange: async (folder) => {
        await mkdir(join(folder, '000-objects'));
        await link(join(folder, 'usr/share/rpm/rpmdb.sqlite'), join(folder, '000-objects/ab.file'));
      },
    });
    expect(await namesIn([layer])).toEqual(['bash 5.3']);
  });

  test('is read from layers without compression and with zstd', async () => {
    expect(await namesIn([base], { pack: (archive) => archive })).toEqual(['bash 5.2', 'openssl-libs 3.2.1']);
    expect(await namesIn([base], { pack: zstdPacked })).toEqual(['bash 5.2', 'openssl-libs 3.2.1']);
  });

  test('is not read again where only layers below hold the database, and those are known', async () => {
    const { digest } = await push([base, await aLayer({ files: { 'srv/page': 'x' } })]);
    const outline = await readOutline(registry, 'foreign', digest);
    expect(await readOutlinedContent(registry, 'foreign', outline, { known: 1 })).toBeUndefined();
  });

  test('has one chain id for equal layers, however they are compressed', async () => {
    const packed = await readOutline(registry, 'foreign', (await push([base])).digest);
    const { digest } = await push([base, await aLayer({ files: { 'srv/page': 'x' } })], {
      pack: (archive) => archive,
    });
    const plain = await readOutline(registry, 'foreign', digest);
    expect(plain.layers[0]).not.toBe(packed.layers[0]);
    expect(plain.chainIds[0]).toBe(packed.chainIds[0]);
  });

  test('an image without rpm has no packages', async () => {
    expect(await namesIn([await aLayer({ files: { 'etc/debian_version': '12' } })])).toEqual([]);
  });

  test('a database that the rpm of this host was not built for is an error, not an empty list', async () => {
    const layer = await aLayer({ files: { 'var/lib/rpm/Packages.db': 'RpmP' } });
    await expect(namesIn([layer])).rejects.toThrow('cannot read its database: Packages.db (ndb)');
  });

  test.each([0, 512, 1000])('%d bytes of zeros are no layer', async (length) => {
    await expect(namesIn([base, Buffer.alloc(length)])).rejects.toThrow('is not a whole archive');
  });

  test('a broken layer is named', async () => {
    const { digest } = await push([base.subarray(0, 5000)], { pack: (archive) => archive });
    await expect(readImageContent(registry, 'foreign', digest)).rejects.toThrow(
      /^layer sha256:[0-9a-f]{64} cannot be read: is not a whole archive/,
    );
  });
});
