/** Images that flibs never built, taken in from a real registry and planned for like released ones. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { contentRecorder } from '../../consumers/content-recorder.ts';
import type { Arch } from '../../schemas/ids.ts';
import { adoptionsFrom } from '../../src/api/queries/adoptions.ts';
import { why } from '../../src/api/queries/why.ts';
import { wantAdoptions } from '../../src/flows/adopting/adopt.ts';
import { explainWhatIf } from '../../src/flows/asking/explain.ts';
import { readForeign } from '../../src/flows/contents/read-foreign.ts';
import { loaded } from '../../src/flows/defining/definitions.ts';
import { registries } from '../../src/flows/open-ports.ts';
import { openRegistry, type Registry } from '../../src/registry/registry.ts';
import { runNextJob } from '../../src/runtime/effects.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { aRegistry, type TestRegistry } from '../servers/registry.ts';
import { release, settings } from '../simulation/fleet.ts';
import { anEnvironment, type TestEnvironment } from '../store/an-environment.ts';
import { emptyStore } from '../store/empty-store.ts';
import { aLayer, type ForeignImage, pushForeign, pushForeignIndex, rpmLayer } from './foreign-images.ts';

const arches: readonly Arch[] = ['x86_64', 'aarch64'];
const openssl = '(openssl)openssl-libs-3.2.1-1.fc40';

describe('adopting', () => {
  let server: TestRegistry;
  let registry: Registry;
  let environment: TestEnvironment;
  let close: () => Promise<void>;
  const base = new Map<Arch, Buffer>();
  const runtime = new Map<Arch, Buffer>();
  let page: Buffer;

  beforeAll(async () => {
    [server, { environment, close }] = await Promise.all([aRegistry(), anEnvironment()]);
    registry = openRegistry({ address: server.address, attempts: 1 });
    for (const arch of arches) {
      base.set(arch, await rpmLayer(arch, ['bash-5.2-1.fc40', openssl]));
      runtime.set(arch, await rpmLayer(arch, ['bash-5.2-1.fc40', openssl, 'python3-3.12-1.fc40']));
    }
    page = await aLayer({ files: { 'srv/page': 'x' } });
    await pushIndex('base', '40', (arch) => [base.get(arch)]);
    await pushIndex('runtime', '3', (arch) => [base.get(arch), runtime.get(arch)]);
    await pushIndex('app', 'v1-beta', (arch) => [base.get(arch), runtime.get(arch), page]);
  });
  beforeEach(async () => {
    await emptyStore(environment.store);
    const releases = [{ ...release, arches: [...arches] }];
    await flow((each) => loaded(each, settings, { fingerprint: 'x', images: [], releases, problems: [] }));
  });
  afterAll(async () => {
    await server.stop();
    await close();
  });

  const pushIndex = (
    name: string,
    tag: string,
    layers: (arch: Arch) => readonly (Buffer | undefined)[],
    more: Partial<ForeignImage> = {},
  ) =>
    pushForeignIndex(
      registry,
      `vendor/${name}`,
      tag,
      arches.map((arch) => ({ arch, layers: layers(arch).filter((layer) => layer !== undefined), ...more })),
    );
  const flow = <T>(work: Parameters<typeof runFlow<T>>[2]): Promise<T> =>
    runFlow(environment, { cause: newCause('a test'), log: environment.log, purpose: 'test' }, work);
  const pullspec = (name: string) => `${server.address}/vendor/${name}`;

  /** Asks, has everything read, and tells what became of each. */
  const adopt = async (...pullspecs: readonly string[]) => {
    const ids = await flow((each) => wantAdoptions(each, { pullspecs }));
    const open = registries(false);
    const ports = {
      registry: open,
      readForeign: (...[adoption, signal]: Parameters<Ports['readForeign']>) =>
        readForeign(environment.store, open, adoption, signal),
    };
    const { effects = [] } = contentRecorder(settings);
    while (await runNextJob(effects, { ...environment, ports }));
    const range = { first: Math.min(...ids), last: Math.max(...ids) };
    return adoptionsFrom(environment.store.db, range);
  };
  type Ports = Parameters<NonNullable<ReturnType<typeof contentRecorder>['effects']>[number]['run']>[1];
  const whatIf = async (source: string) => {
    const { builds } = await environment.store.transaction((tx) =>
      explainWhatIf(tx, { sources: [source], modules: [], bases: [], images: [] }),
    );
    return builds.map(({ image, parent, arches: planned }) => ({
      image,
      parent,
      because: planned.map(({ arch, reasons }) => `${arch}: ${reasons.join('; ')}`),
    }));
  };

  test('takes in every architecture and says what it stands on', async () => {
    expect(await adopt(pullspec('base:40'), pullspec('runtime:3'))).toEqual([
      expect.objectContaining({
        state: 'adopted',
        nvr: expect.stringMatching(/^base-40-adopted\.[0-9a-f]{12}$/),
        told: 'x86_64, aarch64; 2 packages; on no image that is known',
      }),
      expect.objectContaining({ state: 'adopted', told: 'x86_64, aarch64; 3 packages; on base' }),
    ]);
  });

  test('shows who would be rebuilt, owners before what stands upon them, in whatever order they came', async () => {
    await adopt(pullspec('app:v1-beta'));
    await adopt(pullspec('runtime:3'));
    await adopt(pullspec('base:40'));
    expect(await whatIf('openssl-3.2.2-1.fc40')).toEqual([
      {
        image: 'base',
        parent: null,
        because: [
          expect.stringMatching(/^x86_64: openssl-libs.* introduced by base$/),
          expect.stringMatching(/^aarch64: openssl-libs.* introduced by base$/),
        ],
      },
      { image: 'runtime', parent: 'base', because: [expect.any(String), expect.any(String)] },
      { image: 'app', parent: 'runtime', because: [expect.any(String), expect.any(String)] },
    ]);
    expect((await whatIf('python3-3.13-1.fc40')).map(({ image }) => image)).toEqual(['runtime', 'app']);
  });

  test('keeps of an image only what its own layers add', async () => {
    await adopt(pullspec('runtime:3'), pullspec('base:40'));
    const rows = await environment.store.db
      .selectFrom('current')
      .innerJoin('manifest_rpm', 'manifest_rpm.manifest', 'current.manifest')
      .innerJoin('rpm', 'rpm.id', 'manifest_rpm.rpm')
      .select(['current.image', 'current.arch', 'rpm.name'])
      .where('current.arch', '=', 'x86_64')
      .orderBy('rpm.name')
      .execute();
    expect(rows.map(({ image, name }) => `${image} ${name}`)).toEqual([
      'base bash',
      'base openssl-libs',
      'runtime python3',
    ]);
  });

  test('says why an adopted image is as it is', async () => {
    const [outcome] = await adopt(pullspec('base:40'));
    const told = await why(environment.store.db, outcome?.nvr ?? '');
    expect(told).toMatchObject({ image: 'base', build: { state: 'released' } });
    expect(told?.build?.steps).toEqual([
      expect.objectContaining({
        to: 'released',
        reason: `adopted from ${pullspec('base')}, built elsewhere`,
      }),
    ]);
  });

  test('takes the NVR from labels that are the image’s own, to count on from, and not from those of its base', async () => {
    const labels = { 'com.redhat.component': 'ubi-container', name: 'ubi', version: '9.4', release: '12' };
    await pushIndex('ubi', 'latest', (arch) => [base.get(arch)], { labels });
    await pushIndex('mine', '1', (arch) => [base.get(arch), page], { labels });
    const outcomes = await adopt(pullspec('ubi:latest'), pullspec('mine:1'));
    expect(outcomes.map(({ nvr }) => nvr)).toEqual([
      'ubi-container-9.4-12',
      expect.stringMatching(/^mine-1-adopted\./),
    ]);
    const numbers = await environment.store.db.selectFrom('release_number').selectAll().execute();
    expect(numbers).toContainEqual({ component: 'ubi-container', version: '9.4', last: 12 });
  });

  test('tells of each image that cannot be taken, and takes the others', async () => {
    const { digest } = await pushForeign(registry, 'vendor/debian', { arch: 'x86_64', layers: [page] });
    const mainframe = await pushForeign(registry, 'vendor/z', { arch: 's390x', layers: [...base.values()] });
    const outcomes = await adopt(
      'no pullspec',
      pullspec('absent:1'),
      pullspec(`debian@${digest}`),
      pullspec(`z@${mainframe.digest}`),
      pullspec('base:40'),
    );
    expect(outcomes.map(({ state, told }) => `${state}: ${told}`)).toEqual([
      'failed: is no pullspec: registry/repository:tag, or registry/repository@sha256:...',
      expect.stringMatching(
        /^failed: registry refused: GET .*vendor\/absent\/manifests\/1: 404 MANIFEST_UNKNOWN/,
      ),
      'failed: it has no rpm database: flibs can tell nothing of it',
      'failed: is for s390x, and F40 has only x86_64, aarch64',
      'adopted: x86_64, aarch64; 2 packages; on no image that is known',
    ]);
  });

  test('an image adopted again is there once, and a newer one under the tag takes its place', async () => {
    await pushIndex('moving', 'latest', (arch) => [base.get(arch)]);
    const [first] = await adopt(pullspec('moving:latest'));
    expect(await adopt(pullspec('moving:latest'))).toEqual([
      expect.objectContaining({ nvr: first?.nvr, told: 'was adopted before' }),
    ]);
    await pushIndex('moving', 'latest', (arch) => [runtime.get(arch)]);
    const [second] = await adopt(pullspec('moving:latest'));
    expect(second?.nvr).not.toBe(first?.nvr);
    expect((await whatIf('python3-3.13-1.fc40')).map(({ image }) => image)).toEqual(['moving']);
  });
});
