/** The real demo, once, with somebody listening on the public exchange from its first minute to its last. */
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fetchBusybox } from '../../src/cli/demo/foreign-busybox.ts';
import { demoArches } from '../../src/cli/demo/packages.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { busyboxCache } from '../build/example-packages.ts';
import { type Heard, observe } from './observer.ts';
import { type Ended, startFlibs } from './program.ts';

/** The demo's architectures, and its images that hold openssl-libs. */
export const arches = ['aarch64', 'ppc64le', 's390x', 'x86_64'];
export const rebuilt = ['base', 'mailer', 'runtime', 'webd'];

/** The module's image, and the one that consumes it. */
export const ofModule = ['greeter', 'hello'];

const Act = z.object({
  rebuild: z.number(),
  rebuilt: z.array(
    z.object({
      image: z.string(),
      nvr: z.string(),
      before: z.string(),
      after: z.string(),
      changes: z.record(z.string(), z.array(z.string())),
    }),
  ),
  leftAlone: z.array(z.object({ image: z.string(), reason: z.string() })),
  pulled: z.array(
    z.object({ arch: z.string(), pullspec: z.string(), output: z.string(), exitCode: z.number() }),
  ),
  problems: z.array(z.string()),
});

/** What `flibs demo --json` prints: the update's act, and the module's. */
export const DemoSummary = Act.extend({ module: Act });

export interface DemoRun extends Ended {
  readonly dataDirectory: string;
  readonly summary: z.infer<typeof DemoSummary>;
  /** Everything that was published on amq.topic. */
  readonly heard: readonly Heard[];
  remove(): Promise<void>;
}

const Services = z.object({ bus: z.string(), store: z.string(), releaseRegistry: z.string() });

/** Where the private services of a flibs on this data directory are, once it has written that down. */
export const servicesOf = (dataDirectory: string): Promise<z.infer<typeof Services>> =>
  waitUntil(
    async () => {
      const text = await readFile(join(dataDirectory, 'services.json'), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : Services.parse(JSON.parse(text));
    },
    { seconds: 120, what: 'services.json', every: 10 },
  );

export const runDemo = async (): Promise<DemoRun> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'flibs-e2e-demo-'));
  const given = join(dataDirectory, 'packages', 'busybox');
  await mkdir(given, { recursive: true, mode: 0o700 });
  for (const [arch, path] of await fetchBusybox(busyboxCache, demoArches, () => undefined)) {
    await copyFile(path, join(given, `busybox-${arch}`));
  }
  const demo = await startFlibs(['demo', '--json', '--no-install', '--data-directory', dataDirectory]);
  const services = await Promise.race([servicesOf(dataDirectory), demo.ended]);
  if (!('bus' in services)) throw new Error(`the demo ended before it began:\n${services.stderr}`);
  const observer = await observe(services.bus, 'amq.topic');
  const ended = await demo.ended;
  await observer.stop();
  if (ended.exitCode !== 0) throw new Error(`the demo ended with ${ended.exitCode}:\n${ended.stderr}`);
  return {
    ...ended,
    dataDirectory,
    summary: DemoSummary.parse(JSON.parse(ended.stdout)),
    heard: observer.heard,
    remove: () => rm(dataDirectory, { recursive: true, force: true }),
  };
};
