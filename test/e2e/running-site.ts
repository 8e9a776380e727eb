/** A small site with flibs up on it, and what its API tells. */
import { z } from 'zod';
import { readAddress } from '../../src/api/address-file.ts';
import { DeadLetterBrief } from '../../src/api/wire/dead-letter.ts';
import { ImageBrief, ImageDetail } from '../../src/api/wire/image.ts';
import { type Build, RebuildDetail } from '../../src/api/wire/rebuild.ts';
import { Status } from '../../src/api/wire/status.ts';
import { Why } from '../../src/api/wire/why.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { type Ended, flibs, type Living, startFlibs } from './program.ts';
import { aSite, type Instance, type Site } from './site.ts';

export interface RunningSite extends Site, Instance {
  up(): Living;
  /** Starts `flibs up` and resolves before it is up. */
  start(...words: readonly string[]): Promise<Living>;
  get<Body extends z.ZodType>(path: string, body: Body): Promise<z.output<Body>>;
  status(): Promise<Status>;
  deadLetters(): Promise<readonly DeadLetterBrief[]>;
  image(name: string): Promise<ImageDetail>;
  /** A build with its arch builds; undefined where there is none of this NVR. */
  build(nvr: string): Promise<Build | undefined>;
  /** Resolves when a build is in this state; rejects, with what it was last, when that takes too long. */
  becomes(nvr: string, state: string, seconds?: number): Promise<Build>;
  /** Resolves when something waits whose reason looks so. */
  waits(reason: RegExp, seconds?: number): Promise<string>;
  /** A command line about this site. */
  ask(...words: readonly string[]): Promise<Ended>;
}

/** Up, with all of its images released. */
export const aRunningSite = async (images: readonly string[]): Promise<RunningSite> => {
  const bare = await aSite(images);
  const site = running(bare, await bare.configure('site'));
  await site.start();
  await untilReleased(site, images);
  return site;
};

/** The status answers before: it tells what is waited for. Everything else that is asked is refused until then. */
export const untilConnected = (site: RunningSite): Promise<true> =>
  waitUntil(
    async () => {
      const status = await site.status().catch(() => undefined);
      return status?.store.connected && status.bus.connected ? true : undefined;
    },
    { seconds: 60, what: 'bus and store to be connected', every: 100 },
  );

/** Each of these images, and no other, is defined and has a release. */
export const untilReleased = (site: RunningSite, images: readonly string[]): Promise<true> =>
  waitUntil(
    async () => {
      const listed = await site.get('images', z.array(ImageBrief)).catch(() => []);
      const all = listed.length === images.length && listed.every(({ released }) => released !== null);
      return all ? true : undefined;
    },
    { seconds: 120, what: `the release of ${images.join(', ')}`, every: 200 },
  );

/** The same before `flibs up`. */
export const running = (site: Site, instance: Instance): RunningSite => {
  let living: Living | undefined;
  const api = async (path: string): Promise<unknown> => {
    const address = await readAddress(instance.dataDirectory);
    if (address === undefined) throw new Error('flibs is not up');
    const answer = await fetch(`${address.url}/api/v1/${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const get = async <Body extends z.ZodType>(path: string, body: Body): Promise<z.output<Body>> =>
    body.parse(await api(path));
  const build = async (nvr: string): Promise<Build | undefined> =>
    (await get(`why/${nvr}`, Why).catch(() => undefined))?.build ?? undefined;
  return {
    ...site,
    ...instance,
    up: () => {
      if (living === undefined) throw new Error('flibs was not started');
      return living;
    },
    start: async (...words) => {
      living = await startFlibs(['up', '--config', instance.configFile, ...words], site.workingDirectory);
      return living;
    },
    get,
    status: () => get('status', Status),
    deadLetters: () => get('dead-letters?limit=500', z.array(DeadLetterBrief)),
    image: (name) => get(`images/${name}`, ImageDetail),
    build,
    becomes: async (nvr, state, seconds = 90) => {
      let last: Build | undefined;
      const look = async (): Promise<Build | undefined> => {
        last = await build(nvr);
        return last?.state === state ? last : undefined;
      };
      return waitUntil(look, { seconds, what: `${nvr} to be ${state}`, every: 100 }).catch(
        (cause: unknown) => {
          throw new Error(`${nvr} is not ${state} but ${JSON.stringify(last)}`, { cause });
        },
      );
    },
    waits: async (reason, seconds = 60) =>
      waitUntil(
        async () => {
          const { bus, store, waiting } = await get('status', Status);
          const reasons = [
            bus.waiting,
            store.waiting,
            ...waiting.map((each) => `${each.what}: ${each.reason}`),
          ];
          return reasons.find((each) => each !== undefined && reason.test(each));
        },
        { seconds, what: `something that waits for ${reason}`, every: 100 },
      ),
    ask: (...words) => flibs(...words, '--data-directory', instance.dataDirectory),
  };
};

/** The newest rebuild that holds `image`, in full: others, with nothing to build, may come after it. */
export const newestRebuildOf = async (
  site: RunningSite,
  image: string,
): Promise<RebuildDetail | undefined> => {
  for (const { id } of await site.get('rebuilds', z.array(z.object({ id: z.number() })))) {
    const rebuild = await site.get(`rebuilds/${id}`, RebuildDetail);
    if (rebuild.builds.some((build) => build.image === image)) return rebuild;
  }
  return undefined;
};
