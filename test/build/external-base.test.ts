/** An image that somebody else keeps, in a real registry: looked at by its name, and brought up to date in a real build. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Arch, ManifestDigest } from '../../schemas/ids.ts';
import type { Builder } from '../../src/building/builder.ts';
import { runToSuccess } from '../../src/building/run-program.ts';
import { signingKey } from '../../src/cli/demo/signing-key.ts';
import { contentOf } from '../../src/flows/contents/content-of.ts';
import { loaded } from '../../src/flows/defining/definitions.ts';
import { type BaseFound, baseLooked } from '../../src/flows/looking/external-bases.ts';
import { lookAtBase } from '../../src/flows/looking/look-at-base.ts';
import { registries } from '../../src/flows/open-ports.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { onFedora, release, settings } from '../simulation/fleet.ts';
import { anEnvironment, type TestEnvironment } from '../store/an-environment.ts';
import { pushForeign, pushForeignIndex, rpmLayer } from './foreign-images.ts';
import { addSmallPackages } from './small-packages.ts';
import { aWorkbench, packagesRecipe, type Workbench } from './workbench.ts';

const arch = 'x86_64';
let bench: Workbench;
beforeAll(async () => {
  bench = await aWorkbench([arch]);
});
afterAll(() => bench.close());

describe('a look at the tag of a base', () => {
  const arches: readonly Arch[] = ['x86_64', 'aarch64'];
  const { signal } = new AbortController();
  let environment: TestEnvironment;
  let close: () => Promise<void>;
  let pullspec: string;
  let x86: Buffer;
  let first: ReadonlyMap<Arch, string>;

  beforeAll(async () => {
    ({ environment, close } = await anEnvironment());
    pullspec = `${bench.registry.address}/vendor/fedora:40`;
    const parents = [{ kind: 'external', pullspec, edge: 'layer' }];
    const images = [onFedora('app', { parents })];
    await flow((each) =>
      loaded(each, settings, { fingerprint: 'x', images, releases: [release], problems: [] }),
    );
    x86 = await rpmLayer('x86_64', ['bash-5.1-1.fc40']);
    first = await point({ x86_64: x86, aarch64: await rpmLayer('aarch64', ['bash-5.1-1.fc40']) });
  });
  afterAll(() => close());

  const flow = <T>(work: Parameters<typeof runFlow<T>>[2]): Promise<T> =>
    runFlow(environment, { cause: newCause('a test'), log: environment.log, purpose: 'test' }, work);
  /** Somebody pushes these images under the tag. @returns their manifests */
  const point = async (layers: Readonly<Partial<Record<Arch, Buffer>>>) => {
    const images = arches.map((on) => ({ arch: on, layers: [layers[on] ?? Buffer.alloc(0)] }));
    return (await pushForeignIndex(bench.registry, 'vendor/fedora', '40', images)).manifests;
  };
  const look = async (): Promise<BaseFound> => {
    const found = await lookAtBase(environment.store, registries(false), { pullspec }, signal);
    await flow((each) => baseLooked(each, settings, { pullspec }, found));
    return found;
  };
  const known = async (): Promise<Readonly<Record<string, string>>> => {
    const rows = await environment.store.db.selectFrom('external_base_arch').selectAll().execute();
    return Object.fromEntries(rows.map((row) => [row.arch, row.manifest_digest]));
  };
  const nominated = () =>
    environment.store.db.selectFrom('nomination').select(['kind', 'reference']).execute();

  test('pins the manifest of each arch, and reads what is in it', async () => {
    expect(await look()).toMatchObject({ kind: 'changed' });
    expect(await known()).toEqual(Object.fromEntries(first));
    const rpms = await environment.store.transaction((tx) => contentOf(tx, first.get('aarch64') ?? ''));
    expect(rpms.map(({ name, version }) => `${name} ${version}`)).toEqual(['bash 5.1']);
    expect((await nominated()).filter(({ kind }) => kind === 'base')).toEqual([]);
  });

  test('finds nothing where it did not move', async () => {
    expect(await look()).toEqual({ kind: 'unchanged' });
  });

  test('nominates the arch on which it moved, and keeps the pin of the other', async () => {
    const moved = await point({ x86_64: x86, aarch64: await rpmLayer('aarch64', ['bash-5.2-1.fc40']) });
    expect(await look()).toMatchObject({ kind: 'changed' });
    expect(moved.get('x86_64')).toBe(first.get('x86_64'));
    expect(await known()).toEqual(Object.fromEntries(moved));
    expect((await nominated()).filter(({ kind }) => kind === 'base')).toEqual([
      {
        kind: 'base',
        reference: `${pullspec}: aarch64 ${first.get('aarch64')} -> ${moved.get('aarch64')}`,
      },
    ]);
  });

  test('keeps what is known where the tag is gone, and says so', async () => {
    const before = await known();
    const head = await bench.registry.headManifest('vendor/fedora', '40');
    if (head === undefined) throw new Error('the tag was never there');
    await bench.registry.deleteManifest('vendor/fedora', head.digest);
    expect(await look()).toEqual({ kind: 'unreadable', error: 'its registry has no such image' });
    expect(await known()).toEqual(before);
  });
});

describe('packages that an image inherits of a base that nobody here builds', () => {
  let builder: Builder;
  let base: ManifestDigest;

  beforeAll(async () => {
    builder = await bench.openBuilder();
    const layers = [await rpmLayer(arch, ['lib-a-1-1.fc40', 'lib-b-1-1.fc40'])];
    base = (await pushForeign(bench.registry, 'candidate/vendor', { arch, layers })).digest;
    const directory = join(bench.repoDir, arch);
    const key = await signingKey(join(bench.directory, 'data'));
    await addSmallPackages(directory, ['lib-a-2', 'lib-b-2', 'own-1'], arch, key);
    await runToSuccess({ file: 'createrepo_c', args: ['--quiet', '--no-database', '--', directory] });
  });

  /** Builds on the base as it was pushed. @returns what is in the image */
  const contentWith = async (upgrade: readonly string[] | undefined): Promise<readonly string[]> => {
    const order = bench.order('app', arch, {
      ...packagesRecipe('own'),
      parents: bench.parent('vendor', base),
      ...(upgrade === undefined ? {} : { upgrade: [...upgrade] }),
    });
    const { built } = await bench.build(builder, order, { files: { 'container.yaml': '' } });
    return built.contentList.rpms.map(({ name, version }) => `${name} ${version}`);
  };

  test('stay as they are where none is to be upgraded', async () => {
    expect(await contentWith(undefined)).toEqual(['lib-a 1', 'lib-b 1', 'own 1']);
  });

  test('are upgraded where they are named, as for a security update', async () => {
    expect(await contentWith(['lib-a'])).toEqual(['lib-a 2', 'lib-b 1', 'own 1']);
  });

  test('are all upgraded where always is said', async () => {
    expect(await contentWith(['*'])).toEqual(['lib-a 2', 'lib-b 2', 'own 1']);
  });
});
