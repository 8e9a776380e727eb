/** The builder of a worker: its own storage, the isolation that works here, the versions of its tools. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { type Building, type Built, buildImage, type Workshop } from './build-image.ts';
import { type Buildah, buildahOn } from './buildah.ts';
import { findIsolation, type Isolation } from './isolation.ts';
import { pulledImages } from './pulled-images.ts';
import { prepareStateDir } from './state-dir.ts';
import { type ImageTest, type TestedImage, testImage } from './test-image.ts';
import { readToolchain } from './toolchain.ts';
import { workingContainers } from './working-containers.ts';
import { workingImages } from './working-images.ts';

export interface BuilderOptions {
  /** Absolute path; one process at a time. Layers and working containers live here. */
  readonly stateDir: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Only this one, for tests; else what works, runc first. */
  readonly isolation?: Isolation['kind'];
  /** Registries that speak plain HTTP, `host[:port]`. */
  readonly insecureRegistries?: readonly string[];
  /** Credentials in the form of containers-auth.json(5). */
  readonly authFile?: string;
}

export interface Builder {
  readonly toolchain: Readonly<Record<string, string>>;
  readonly isolation: Isolation['kind'];
  /** @throws BuildFailed, with the class of the failure. */
  build(order: BuildCommand, building: Building): Promise<Built>;
  /** @throws BuildFailed when it could not be run; a command that fails is a result. */
  test(test: ImageTest): Promise<TestedImage>;
  /** When all builds have ended: leaves nothing mounted, so that the state directory can be removed. */
  close(): Promise<void>;
}

/** Makes the state directory, clears what a killed process left in it, and finds out how to build here. */
export const openBuilder = async (options: BuilderOptions): Promise<Builder> => {
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
  const state = await prepareStateDir(options.stateDir, {
    insecureRegistries: options.insecureRegistries ?? [],
    authFile: options.authFile,
  });
  const buildah = buildahOn(state);
  const toolchain = await readToolchain(state.env);
  const runtimeRoot = join(options.stateDir, 'runtime');
  await removeStale(buildah, runtimeRoot, options.log);
  const isolation = await findIsolation(buildah, toolchain['buildah'] ?? '', {
    runtimeRoot,
    wanted: options.isolation,
    log: options.log,
  });
  const containers = workingContainers(buildah);
  const images = pulledImages(buildah, containers);
  const working = workingImages(buildah);
  const shop: Workshop = { state, buildah, isolation, toolchain, images, containers, working };
  return {
    toolchain: { ...toolchain, isolation: isolation.kind },
    isolation: isolation.kind,
    build: (order, building) => buildImage(shop, order, building),
    test: (test) => testImage(shop, test),
    close: () => removeStale(buildah, runtimeRoot, options.log),
  };
};

/** Working containers outlive a killed build; images that nothing names only take up room. */
const removeStale = async (
  buildah: Buildah,
  runtimeRoot: string,
  log: Pick<Logger, 'warn'>,
): Promise<void> => {
  await rm(runtimeRoot, { recursive: true, force: true });
  await buildah.run(['rm', '--all']).catch((error: unknown) => {
    log.warn({ err: error }, 'working containers of an earlier run could not be removed');
  });
  await buildah.run(['rmi', '--prune']).catch(() => undefined);
};
