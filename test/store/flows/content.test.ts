/** Contents, kept as what each layer adds and removes. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ContentList } from '../../../schemas/content.ts';
import { contentOf } from '../../../src/flows/contents/content-of.ts';
import { Recording, recordContent } from '../../../src/flows/contents/record-content.ts';
import { digestOfText } from '../../simulation/fleet.ts';
import { aWorld, type World } from '../../simulation/world.ts';
import { anEnvironment, rowsOf, type TestEnvironment } from '../an-environment.ts';
import { emptyStore } from '../empty-store.ts';
import { inFlow } from './in-flow.ts';

let environment: TestEnvironment;
let close: () => Promise<void>;
let world: World;
beforeAll(async () => {
  ({ environment, close } = await anEnvironment());
});
beforeEach(async () => {
  await emptyStore(environment.store);
  world = aWorld(environment);
});
afterAll(() => close());

/** `name-version`, as one package of a source of that name. */
const rpmOf = (text: string) => {
  const [name, version] = text.split('-');
  return {
    name,
    epoch: 0,
    version,
    release: '1',
    arch: 'x86_64',
    sourceName: name,
    sourceEvr: `${version}-1`,
  };
};

const record = (image: string, parent: string | undefined, rpms: readonly string[]) =>
  inFlow(world, (flow) =>
    recordContent(
      flow,
      world.settings,
      Recording.parse({
        nvr: `${image}-1-1`,
        image,
        arch: 'x86_64',
        manifestDigest: digestOfText(image),
        contentList: digestOfText(`list of ${image}`),
        repository: 'registry.test:5000/candidates',
      }),
      ContentList.parse({
        schemaVersion: 1,
        image,
        arch: 'x86_64',
        contentId: digestOfText(`content of ${image}`),
        ...(parent === undefined ? {} : { parent: digestOfText(parent) }),
        rpms: rpms.map(rpmOf),
      }),
    ),
  );

const changesOf = async (image: string): Promise<readonly string[]> => {
  const rows = await environment.store.db
    .selectFrom('manifest_rpm')
    .innerJoin('rpm', 'rpm.id', 'manifest_rpm.rpm')
    .select(['rpm.name', 'rpm.version', 'manifest_rpm.change'])
    .where('manifest_rpm.manifest', '=', digestOfText(image))
    .orderBy('rpm.name')
    .orderBy('rpm.version')
    .execute();
  return rows.map(({ name, version, change }) => `${change} ${name}-${version}`);
};

const wholeOf = async (image: string, sources?: readonly string[]): Promise<readonly string[]> => {
  const rpms = await environment.store.transaction((tx) => contentOf(tx, digestOfText(image), sources));
  return rpms.map(({ name, version }) => `${name}-${version}`);
};

const threeLayers = async (): Promise<void> => {
  await record('base', undefined, ['glibc-1', 'openssl-1', 'tzdata-1']);
  await record('runtime', 'base', ['glibc-1', 'openssl-2', 'python-1']);
  await record('app', 'runtime', ['curl-1', 'glibc-1', 'openssl-2', 'tzdata-1']);
};

test('a layer is kept as what it adds and what it removes', async () => {
  await threeLayers();
  expect(await changesOf('base')).toEqual(['added glibc-1', 'added openssl-1', 'added tzdata-1']);
  expect(await changesOf('runtime')).toEqual([
    'removed openssl-1',
    'added openssl-2',
    'added python-1',
    'removed tzdata-1',
  ]);
  expect(await changesOf('app')).toEqual(['added curl-1', 'removed python-1', 'added tzdata-1']);
});

test('the whole content comes out of three layers, with what was removed and came again', async () => {
  await threeLayers();
  expect(await wholeOf('runtime')).toEqual(['glibc-1', 'openssl-2', 'python-1']);
  expect(await wholeOf('app')).toEqual(['curl-1', 'glibc-1', 'openssl-2', 'tzdata-1']);
  expect(await wholeOf('app', ['openssl', 'python'])).toEqual(['openssl-2']);
});

test('the same package in many images is one row', async () => {
  await record('one', undefined, ['glibc-1']);
  await record('two', undefined, ['glibc-1']);
  expect(await rowsOf(environment.store, 'rpm')).toHaveLength(1);
});

test('recorded twice, or twice at once, it is written once', async () => {
  const again = () => record('base', undefined, ['glibc-1', 'openssl-1']);
  await Promise.all([again(), again(), again()]);
  await again();
  expect(await rowsOf(environment.store, 'manifest')).toHaveLength(1);
  expect(await changesOf('base')).toEqual(['added glibc-1', 'added openssl-1']);
});
