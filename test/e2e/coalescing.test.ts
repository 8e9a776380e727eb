/** What is rebuilt and what is not, shown on real builds for two arches: no more than what is new, where it is new. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ociPlatform } from '../../schemas/ids.ts';
import { parsePullspec } from '../../schemas/pullspec.ts';
import { RebuildBrief } from '../../src/api/wire/rebuild.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { openRegistry } from '../../src/registry/registry.ts';
import { pushForeignIndex, rpmLayer } from '../build/foreign-images.ts';
import { nvrOf, type SmallPackage } from '../build/small-packages.ts';
import type { Files } from './definitions.ts';
import { aStableUpdate, publish } from './observer.ts';
import { killAll } from './program.ts';
import { type RunningSite, running, untilReleased } from './running-site.ts';
import { aSite } from './site.ts';

const arches = ['x86_64', 'aarch64'] as const;
type On = (typeof arches)[number];

const fleet = {
  base: { parent: 'scratch', packages: ['base-lib-a', 'base-lib-b', 'base-lib-c'] },
  runtime: { parent: 'base', packages: ['runtime-lib-a', 'runtime-lib-b', 'runtime-lib-c'] },
  app: { parent: 'runtime', packages: ['app-lib-a', 'app-lib-b', 'app-lib-c', 'app-lib-d'] },
  beside: { parent: 'scratch', packages: ['beside-lib'] },
} as const;
type Name = keyof typeof fleet;
const names: readonly Name[] = ['base', 'runtime', 'app', 'beside'];

const packagesOn = (parent: string, packages: readonly string[]): Files => ({
  'container.yaml': stringify({ compose: { packages }, flibs: { parent, version: '1' } }),
});

const folderOf = (name: Name): Files => packagesOn(fleet[name].parent, fleet[name].packages);

const versionOf = (name: string, version: number): SmallPackage => `${name}-${version}`;

let site: RunningSite;
/** Of the first release. */
let firstContents: readonly string[];

beforeAll(async () => {
  const bare = await aSite([], { arches, repositoryInterval: 3, holdHours: 0 });
  site = running(bare, await bare.configure('site'));
  await site.addPackages(names.flatMap((name) => fleet[name].packages.map((each) => versionOf(each, 1))));
  await site.define(Object.fromEntries(names.map((name) => [name, folderOf(name)])));
  await site.start();
  await untilReleased(site, names);
  firstContents = await contents();
});
afterAll(async () => {
  await killAll();
  await site?.remove();
});

/** NVRs of every build so far, sorted. */
const builds = async (): Promise<readonly string[]> => {
  const images = await Promise.all(names.map((name) => site.image(name)));
  return images.flatMap((image) => image.builds.map(({ nvr, state }) => `${nvr} ${state}`)).sort();
};

/** What work adds to the builds that are there. */
const buildsBy = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = await builds();
  await work();
  return (await builds()).filter((build) => !before.includes(build));
};

const Index = z.object({
  manifests: z.array(z.object({ digest: z.string(), platform: z.object({ architecture: z.string() }) })),
});

/** The manifest that the newest release's index, as its registry has it, names for an arch. */
const manifest = async (name: string, arch: On): Promise<string> => {
  const { released } = await site.image(name);
  const place = parsePullspec(released?.pullspec ?? '');
  if (place === undefined) throw new Error(`${name} is released as ${released?.pullspec}`);
  const stored = await openRegistry({ address: place.registry }).getManifest(place.repository, place.digest);
  const { architecture } = ociPlatform(arch);
  const entry = Index.parse(stored.json).manifests.find(
    ({ platform }) => platform.architecture === architecture,
  );
  return entry?.digest ?? '';
};

const contents = async (): Promise<readonly string[]> => {
  const images = await Promise.all(names.map((name) => site.image(name)));
  return images.flatMap(({ name, perArch }) =>
    perArch.map(({ arch, contentId }) => `${name}.${arch} ${contentId}`),
  );
};

const newest = async (): Promise<number> =>
  (await site.get('rebuilds', z.array(RebuildBrief))).reduce((most, { id }) => Math.max(most, id), 0);

/** There is a newer rebuild than that, none collects, and none is under way. */
const untilAtRest = (since: number): Promise<unknown> =>
  waitUntil(
    async () => {
      const rebuilds = await site.get('rebuilds', z.array(RebuildBrief)).catch(() => []);
      const ended = rebuilds.every(({ state }) => state === 'finished' || state === 'cancelled');
      return ended && rebuilds.some(({ id }) => id > since) ? true : undefined;
    },
    { seconds: 150, what: 'the rebuild to end', every: 200 },
  );

/** Tells of an update, and waits until what it asks for is done. */
const update = async (...packages: readonly SmallPackage[]): Promise<void> => {
  const before = await newest();
  await publish(site.services.rabbitmq.address, 'amq.topic', aStableUpdate(packages.map(nvrOf)));
  await untilAtRest(before);
};

describe('a package that no image holds', () => {
  test('builds nothing', async () => {
    const made = await buildsBy(async () => {
      await site.addPackages(['unrelated-1']);
      await update('unrelated-1');
    });
    expect(made).toEqual([]);
  });
});

describe('an update of what only the runtime brings', () => {
  test('leaves the base alone and rebuilds what stands on the runtime', async () => {
    const before = await manifest('base', 'x86_64');
    const made = await buildsBy(async () => {
      await site.addPackages(['runtime-lib-a-2']);
      await update('runtime-lib-a-2');
    });
    expect(made).toEqual(['app-1-2 released', 'runtime-1-2 released']);
    expect(await manifest('base', 'x86_64')).toBe(before);
  });
});

describe('an update on aarch64 only', () => {
  test('rebuilds aarch64, and carries the manifests of the other arch into the new indexes', async () => {
    const of = async (arch: On) => Promise.all(names.map((name) => manifest(name, arch)));
    const [x86, arm] = [await of('x86_64'), await of('aarch64')];
    const made = await buildsBy(async () => {
      await site.addPackages(['base-lib-a-2'], ['aarch64']);
      await update('base-lib-a-2');
    });
    expect(made).toEqual(['app-1-3 released', 'base-1-2 released', 'runtime-1-3 released']);
    expect(await of('x86_64')).toEqual(x86);
    const changed = (await of('aarch64')).map((digest, at) => digest !== arm[at]);
    expect(changed).toEqual([true, true, true, false]);
    const build = await site.build('base-1-2');
    expect(build?.archBuilds.map(({ arch }) => arch)).toEqual(['aarch64']);
  });
});

describe('the repository rolled back', () => {
  test('gives images that are built anew the content ids that they had', async () => {
    await site.removePackages(['runtime-lib-a-2', 'base-lib-a-2']);
    for (const image of ['base', 'runtime']) {
      const before = await newest();
      expect(await site.ask('build', image)).toMatchObject({ exitCode: 0 });
      await untilAtRest(before);
    }
    expect(await contents()).toEqual(firstContents);
  });
});

describe('ten updates that appear while the bus is down', () => {
  const affected = ['base', 'runtime', 'app'] as const;

  test('are found when it is back, and every image that they affect is built once more', async () => {
    const updated = affected.flatMap((name) => fleet[name].packages.map((each) => versionOf(each, 3)));
    expect(updated).toHaveLength(10);
    const before = await newest();
    const made = await buildsBy(async () => {
      await site.services.rabbitmq.stop();
      for (const each of updated) await site.addPackages([each]);
      await site.services.rabbitmq.start();
      await waitUntil(holdsAll, { seconds: 150, what: 'every image to hold what is newest', every: 250 });
      await untilAtRest(before);
    });
    expect(made.map((build) => build.replace(/-1-\d+/, ''))).toEqual([
      'app released',
      'base released',
      'runtime released',
    ]);
  });

  const holdsAll = async (): Promise<true | undefined> => {
    for (const name of affected) {
      const { perArch } = await site.image(name);
      for (const { arch, added } of perArch)
        for (const each of fleet[name].packages)
          if (!added.includes(`${each}-3-1.fc40.${arch}`)) return undefined;
    }
    return true;
  };
});

describe('a build that Koji untags and no repository lists any more', () => {
  test('is told of where an image holds it', async () => {
    await site.addPackages(['beside-lib-2']);
    await update('beside-lib-2');
    await site.removePackages(['beside-lib-2']);
    await publish(site.services.rabbitmq.address, 'amq.topic', {
      topic: 'org.fedoraproject.prod.buildsys.untag',
      body: {
        tag: 'f40-updates',
        instance: 'primary',
        name: 'beside-lib',
        version: '2',
        release: '1.fc40',
      },
    });
    const line = await site.up().line('an image holds what was withdrawn', 120);
    expect(JSON.parse(line)).toMatchObject({
      image: 'beside',
      arches: ['aarch64', 'x86_64'],
      packages: ['beside-lib-2-1.fc40.aarch64', 'beside-lib-2-1.fc40.x86_64'],
    });
  });
});

describe('an image of somebody else, published anew', () => {
  const repository = 'vendor/base';

  test('has what is built on it rebuilt where it moved, and the other arch carried', async () => {
    const x86 = await rpmLayer('x86_64', ['vendor-lib-1-1.fc40']);
    await pushed(x86, await rpmLayer('aarch64', ['vendor-lib-1-1.fc40']));
    await site.addPackages(['upon-lib-1']);
    await site.define({ upon: packagesOn(`${registryAddress()}/${repository}:40`, ['upon-lib']) });
    await untilReleased(site, [...names, 'upon']);
    const before = await manifest('upon', 'x86_64');
    const moved = await pushed(x86, await rpmLayer('aarch64', ['vendor-lib-2-1.fc40']));
    await publish(site.services.rabbitmq.address, 'amq.topic', {
      topic: 'org.fedoraproject.prod.fedora_image_uploader.published.v1.container',
      body: { architectures: arches, registries: [registryAddress()], repository, tags: ['40'] },
    });
    const { archBuilds } = await site.becomes('upon-1-2', 'released');
    expect(archBuilds.map(({ arch }) => arch)).toEqual(['aarch64']);
    expect(await manifest('upon', 'x86_64')).toBe(before);
    const { stdout } = await site.ask('why', 'upon-1-2');
    expect(stdout).toContain(`${registryAddress()}/${repository}:40`);
    expect(stdout).toContain(moved.get('aarch64')?.slice('sha256:'.length, 'sha256:'.length + 12));
  });

  const registryAddress = (): string => site.services.registry.address;
  /** @returns manifests, by arch */
  const pushed = async (x86: Buffer, arm: Buffer) => {
    const images = [
      { arch: 'x86_64', layers: [x86] },
      { arch: 'aarch64', layers: [arm] },
    ] as const;
    const registry = openRegistry({ address: registryAddress() });
    return (await pushForeignIndex(registry, repository, '40', images)).manifests;
  };
});
