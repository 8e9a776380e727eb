/** What a newcomer does first: adopt images that are there already, and watch a live bus without touching anything. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RebuildPlanned } from '../../schemas/events/planning.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { openRegistry, type Registry } from '../../src/registry/registry.ts';
import { aLayer, pushForeignIndex, rpmLayer } from '../build/foreign-images.ts';
import { aStableUpdate, eventsOf, type Observer, observe, publish } from './observer.ts';
import { killAll } from './program.ts';
import { newestRebuildOf, type RunningSite, running, untilConnected } from './running-site.ts';
import { aSite } from './site.ts';

const arch = 'x86_64';

describe('flibs up --observe', () => {
  let site: RunningSite;
  let registry: Registry;
  let observer: Observer;
  let list: string;

  const finishedRebuildOf = async (image: string) => {
    const rebuild = await newestRebuildOf(site, image);
    return rebuild?.state === 'finished' ? rebuild : undefined;
  };

  beforeAll(async () => {
    const bare = await aSite(['standalone']);
    site = running(bare, await bare.configure('site'));
    const { address } = site.services.registry;
    registry = openRegistry({ address });
    // As the site's repository has them: whenever they are adopted, nothing newer is on offer.
    const base = await rpmLayer(arch, [
      '(busybox)busybox-1.35.0-4.fc40',
      '(openssl)openssl-libs-3.2.1-2.fc40',
    ]);
    const page = await aLayer({ files: { 'srv/page': 'x' } });
    await pushForeignIndex(registry, 'vendor/base', '40', [{ arch, layers: [base] }]);
    await pushForeignIndex(registry, 'vendor/web', '2.4', [{ arch, layers: [base, page] }]);
    list = join(site.directory, 'images.txt');
    const lines = [
      '# ours',
      `${address}/vendor/web:2.4`,
      `${address}/vendor/base:40`,
      `${address}/vendor/none:1`,
    ];
    await writeFile(list, lines.join('\n'));
    await site.start('--observe');
    await untilConnected(site);
    observer = await observe(site.services.rabbitmq.address, 'amq.topic');
  });
  afterAll(async () => {
    await observer?.stop();
    await killAll();
    await site?.remove();
  });

  test('runs nothing that builds, tests or releases', async () => {
    const { consumers } = await site.status();
    const names = consumers.map(({ name }) => name);
    expect(names).toContain('rebuild-planner');
    for (const name of [
      'image-builder',
      'build-dispatcher',
      'index-assembler',
      'smoke-tester',
      'release-gate',
      'releaser',
    ])
      expect(names).not.toContain(name);
  });

  test('adopts what a file lists, and tells of what it cannot', async () => {
    const { stdout, stderr, exitCode } = await waitUntil(
      async () => {
        const ended = await site.ask('adopt', list);
        return ended.stderr.includes('no distro release is configured yet') ? undefined : ended;
      },
      { seconds: 60, what: 'the distro release to be loaded' },
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/vendor\/base:40: adopted as base-40-adopted\.[0-9a-f]{12}: x86_64; 2 packages/);
    expect(stdout).toMatch(/vendor\/none:1: NOT adopted: registry refused: .*MANIFEST_UNKNOWN/);
    expect(stderr).toContain('1 of 3 images could not be adopted');
  });

  test('answers what-if for adopted images', async () => {
    const { stdout } = await site.ask('what-if', 'openssl-3.2.9-1.fc40');
    expect(stdout).toMatch(/^base +F40 +x86_64 .*openssl-libs/m);
    expect(stdout).toMatch(/^web +F40 +x86_64 +base/m);
  });

  test('plans the first build of what is defined, and makes nothing of it', async () => {
    const rebuild = await waitUntil(() => finishedRebuildOf('standalone'), {
      seconds: 60,
      what: 'the rebuild of a new definition',
    });
    expect(rebuild.builds.map(({ image, state }) => `${image}: ${state}`)).toEqual(['standalone: cancelled']);
  });

  test('plans what an update on the bus would have rebuilt, and touches nothing', async () => {
    const tags = async () => [
      await registry.listTags('vendor/base'),
      await registry.listTags('site/candidates/base'),
    ];
    const before = await tags();
    await site.addNewerOpenssl('3.2.3');
    await publish(site.services.rabbitmq.address, 'amq.topic', aStableUpdate(['openssl-3.2.3-1.fc40']));
    const rebuild = await waitUntil(() => finishedRebuildOf('web'), {
      seconds: 90,
      what: 'the rebuild that flibs would make',
    });
    expect(rebuild.builds.map(({ image, state }) => `${image}: ${state}`).sort()).toEqual([
      'base: cancelled',
      'web: cancelled',
    ]);
    const nvr = rebuild.builds.find(({ image }) => image === 'base')?.nvr ?? '';
    const { stdout } = await site.ask('why', nvr);
    expect(stdout).toContain('openssl-libs.x86_64 3.2.1-2.fc40 -> 3.2.3-1.fc40');
    expect(stdout).toContain('flibs only observes: this is what it would have built');
    expect(await tags()).toEqual(before);
  });

  test('says on the bus that nothing of the plan will be built, and no more', async () => {
    const planned = await waitUntil(
      async () => eventsOf(observer.heard, RebuildPlanned).find(({ body }) => body.builds.length === 2),
      { seconds: 30, what: 'rebuild.planned' },
    );
    expect(planned.body.observed).toBe(true);
    const topics = observer.heard.map(({ topic }) => topic);
    expect(topics.filter((topic) => /archbuild|candidate|image\.released|test\./.test(topic))).toEqual([]);
  });
});
