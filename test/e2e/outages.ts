/** Services that go away in the middle of a rebuild and come back: the wait has a visible reason, and the work goes on. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Status } from '../../src/api/wire/status.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { aStableUpdate, publish } from './observer.ts';
import type { Services } from './own-services.ts';
import { newestRebuildOf, type RunningSite } from './running-site.ts';

export const describeOutages = (running: () => RunningSite): void => {
  describe('while a rebuild is under way', () => {
    let site: RunningSite;
    beforeAll(() => {
      site = running();
    });

    /** Publishes an update of base's openssl. @returns the NVRs that come of it once they are released */
    const update = async (version: string): Promise<() => Promise<void>> => {
      await site.addNewerOpenssl(version);
      const sent = aStableUpdate([`openssl-${version}-1.fc40`]);
      await publish(site.services.rabbitmq.address, 'amq.topic', sent);
      return () => untilReleasedWith(site, version);
    };
    /** Resolves when base is being built. */
    const inTheMiddle = async (seen: number): Promise<void> => {
      await waitUntil(
        async () =>
          site
            .up()
            .lines.slice(seen)
            .find((line) => line.includes('base.x86_64: running')),
        { seconds: 60, what: 'the build of base to begin' },
      );
    };

    const outage = async (service: keyof Services, version: string, reason: RegExp): Promise<void> => {
      const seen = site.up().lines.length;
      const released = await update(version);
      await inTheMiddle(seen);
      await site.services[service].stop();
      await site.waits(reason);
      await site.services[service].start();
      await released();
    };

    test('the registry is absent: its builds wait and say so, and go on when it is back', async () => {
      await outage(
        'registry',
        '3.2.2',
        /attempt 1 failed, tried again in \d+ s: .*(?:connection refused|ECONNREFUSED)/s,
      );
    });

    test('PostgreSQL is gone: everybody waits for it, and goes on when it is back', async () => {
      await outage('postgres', '3.2.3', /PostgreSQL|store|database|connect/i);
    });

    test('RabbitMQ is gone: everybody waits for it, and goes on when it is back', async () => {
      await outage('rabbitmq', '3.2.4', /waiting for the broker at amqp:\/\/127\.0\.0\.1/);
    });

    test('nothing was announced twice or lost: each release number once', async () => {
      const detail = await site.image('base');
      const nvrs = detail.builds.map(({ nvr }) => nvr);
      expect(new Set(nvrs).size).toBe(nvrs.length);
      expect(await site.deadLetters()).toEqual(
        expect.not.arrayContaining([expect.objectContaining({ origin: 'facts' })]),
      );
    });
  });

  describe('at the start of flibs', () => {
    test.each(['rabbitmq', 'postgres'] as const)(
      '%s is absent: it waits and says so, then works',
      async (name) => {
        const site = running();
        expect(await site.up().interrupt()).toMatchObject({ exitCode: 0 });
        const service = site.services[name];
        await service.stop();
        const up = await site.start();
        const address = new URL(service.address).host;
        expect(await up.line(`${address}`, 30)).toMatch(/waiting|away|ECONNREFUSED/);
        const status = await statusWithout(site, name);
        expect(status.consumers.filter(({ state }) => state === 'running')).toEqual([]);
        expect(status.consumers.find(({ name: consumer }) => consumer === 'releaser')).toMatchObject({
          state: 'waiting',
          waiting: expect.stringContaining(address),
        });
        const images = await site.ask('images');
        if (name === 'postgres')
          expect(images).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(address) });
        else expect(images.exitCode).toBe(0);
        await service.start();
        await up.line('flibs is up', 60);
        const version = name === 'rabbitmq' ? '3.2.5' : '3.2.6';
        await site.addNewerOpenssl(version);
        await publish(
          site.services.rabbitmq.address,
          'amq.topic',
          aStableUpdate([`openssl-${version}-1.fc40`]),
        );
        await untilReleasedWith(site, version);
      },
    );

    test('all absent: Ctrl-C ends the waiting, though none of them has come', async () => {
      const site = running();
      await site.up().interrupt();
      await Promise.all([site.services.postgres.stop(), site.services.rabbitmq.stop()]);
      const up = await site.start();
      await up.line('waiting for the broker');
      expect(await up.interrupt()).toMatchObject({ exitCode: 130 });
    });
  });
};

/** How flibs stands before it has reached the service. */
const statusWithout = (site: RunningSite, name: 'rabbitmq' | 'postgres'): Promise<Status> =>
  waitUntil(
    async () => {
      const status = await site.status().catch(() => undefined);
      const link = name === 'rabbitmq' ? status?.bus : status?.store;
      // The other one is there by then.
      const other = name === 'rabbitmq' ? status?.store : status?.bus;
      return link?.connected === false && link.waiting !== undefined && other?.connected ? status : undefined;
    },
    { seconds: 30, what: `a status without ${name}`, every: 100 },
  );

/** Both images hold that version, and both are released. */
const untilReleasedWith = async (site: RunningSite, version: string): Promise<void> => {
  const holds = async (): Promise<true | undefined> => {
    const base = await site.image('base').catch(() => undefined);
    if (base?.perArch[0]?.added.includes(`openssl-libs-${version}-1.fc40.x86_64`) !== true) return undefined;
    const rebuild = await newestRebuildOf(site, 'runtime');
    const released = rebuild?.builds.every((build) => build.state === 'released');
    return rebuild?.state === 'finished' && released ? true : undefined;
  };
  await waitUntil(holds, {
    seconds: 150,
    what: `base and runtime with openssl ${version}`,
    every: 250,
  }).catch(async (cause: unknown) => {
    const { waiting } = await site.status();
    const rebuild = await newestRebuildOf(site, 'runtime');
    throw new Error(`no openssl ${version} yet: ${JSON.stringify({ waiting, rebuild })}`, { cause });
  });
};
