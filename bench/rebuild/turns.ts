/** One turn of each side, each on the site as it was before the update. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { openBus } from '../../src/bus/open-bus.ts';
import { updateIsStable } from '../../src/cli/demo/bodhi-message.ts';
import { sayUpstream } from '../../src/cli/demo/upstream-message.ts';
import { packageRoot } from '../../src/cli/package-root.ts';
import { registries } from '../../src/flows/open-ports.ts';
import { type Host, startHost } from '../../src/host/host.ts';
import { type FlibsProcess, startFlibs } from '../flibs-process.ts';
import { quietLog } from '../workplace.ts';
import { type Hops, hopsOf } from './hops.ts';
import { makeScript } from './make-script.ts';
import {
  type Observed,
  observe,
  releasedDigests,
  untilAllReleased,
  untilQuiet,
  untilRebuilt,
  wallOf,
} from './observe.ts';
import { publishUpdate, restore, type Site } from './site.ts';
import { environmentOfRecorder, type Script } from './steps.ts';

/** Images in examples/images. */
const imageCount = 7;

interface Watched {
  readonly flibs: FlibsProcess;
  readonly observed: Observed;
}

const withFlibs = async <T>(
  site: Site,
  options: { readonly env?: Readonly<Record<string, string>>; readonly preload?: string },
  use: (watched: Watched) => Promise<T>,
): Promise<T> => {
  const configFile = join(site.dataDirectory, 'flibs.yaml');
  const logFile = join(site.dataDirectory, '..', 'flibs.log');
  const flibs = await startFlibs({ configFile, logFile, ...options });
  try {
    const observed = await observe(site);
    try {
      return await use({ flibs, observed });
    } catch (error) {
      const log = await readFile(logFile, 'utf8');
      throw new Error(`${String(error)}; the end of its log:\n${log.slice(-3000)}`, { cause: error });
    } finally {
      await observed.close();
    }
  } finally {
    await flibs.stop();
  }
};

/** Everything is built and released for the first time. */
export const firstReleases = (site: Site): Promise<void> =>
  withFlibs(site, {}, async ({ observed }) => {
    await untilAllReleased(observed, imageCount);
    await untilQuiet(observed);
  });

const rebuild = async (site: Site, observed: Observed): Promise<void> => {
  await untilQuiet(observed);
  await publishUpdate(site);
  const bus = await openBus(
    { url: observed.bus, tls: undefined, passiveDeclares: false, connectionName: 'flibs bench' },
    quietLog(),
  );
  await sayUpstream(bus, site.config.bus.public_exchange, updateIsStable);
  await bus.close();
  await untilRebuilt(observed);
  await untilQuiet(observed);
};

export interface FlibsTurn {
  readonly ms: number;
  readonly hops: Hops;
  readonly released: ReadonlyMap<string, string>;
}

export const flibsTurn = async (site: Site): Promise<FlibsTurn> => {
  await restore(site);
  return withFlibs(site, {}, async ({ observed }) => {
    await rebuild(site, observed);
    return {
      ms: await wallOf(observed),
      hops: await hopsOf(observed),
      released: await releasedDigests(observed),
    };
  });
};

/** The same with everything written down; its time does not count. */
export const recordedTurn = async (site: Site, directory: string): Promise<Script> => {
  await restore(site);
  const preload = join(packageRoot(), 'dist', 'bench', 'recorder.js');
  const env = { [environmentOfRecorder]: directory };
  return withFlibs(site, { env, preload }, async ({ observed }) => {
    await rebuild(site, observed);
    return makeScript(observed, directory);
  });
};

const withRegistry = async <T>(site: Site, use: (registry: string) => Promise<T>): Promise<T> => {
  await restore(site);
  await publishUpdate(site);
  const host: Host = await startHost({ dataDir: site.dataDirectory, log: quietLog(), parts: ['registry'] });
  try {
    return await use(host.registry?.address ?? '');
  } finally {
    await host.stop();
  }
};

const Played = z.object({ ms: z.number() });

export interface ScriptTurn {
  readonly ms: number;
  /** Images whose `latest` is now what flibs released. */
  readonly same: number;
}

export const scriptTurn = (
  site: Site,
  scriptFile: string,
  released: ReadonlyMap<string, string>,
): Promise<ScriptTurn> =>
  withRegistry(site, async (address) => {
    const replay = join(packageRoot(), 'dist', 'bench', 'replay.js');
    const { stdout } = await execa(process.execPath, [replay, scriptFile], { stdin: 'ignore' });
    const { ms } = Played.parse(JSON.parse(stdout));
    let same = 0;
    for (const [image, digest] of released) {
      const { registry, repository } = registries(false)(`${address}/released/${image}`);
      if ((await registry.headManifest(repository, 'latest'))?.digest === digest) same += 1;
    }
    return { ms, same };
  });

/** bench/by-hand.sh; @returns milliseconds. */
export const byHandTurn = (site: Site, slots: number): Promise<number> =>
  withRegistry(site, async (address) => {
    const begun = performance.now();
    await execa('sh', [join(packageRoot(), 'bench', 'by-hand.sh')], {
      stdin: 'ignore',
      env: {
        REGISTRY: address,
        REPOSITORY: join(site.dataDirectory, 'repository'),
        KEY: join(site.dataDirectory, 'packages', 'RPM-GPG-KEY-flibs-example'),
        STATE: join(site.dataDirectory, 'by-hand'),
        SLOTS: String(slots),
      },
    });
    return performance.now() - begun;
  });
