/** Runs a command in an image, on its own architecture, without network. */
import type { Arch } from '../../schemas/ids.ts';
import { ociPlatform } from '../../schemas/ids.ts';
import { BuildFailed, step } from './build-failed.ts';
import type { Workshop } from './build-image.ts';
import { isolationArgs } from './isolation.ts';
import { ProgramFailed, ProgramKilled } from './run-program.ts';

export interface ImageTest {
  /** `registry/repository@sha256:...` of the arch's manifest. */
  readonly pullspec: string;
  readonly arch: Arch;
  /** Program and arguments; no shell unless it names one. */
  readonly command: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface TestedImage {
  readonly exitCode: number;
  /** The last 16 KiB. */
  readonly output: string;
}

/** Exit status of a command that ran out of time, as timeout(1) has it. */
const timedOut = 124;

/** @throws BuildFailed when the image cannot be had or the command could not be started for a reason of ours. */
export const testImage = async (shop: Workshop, test: ImageTest): Promise<TestedImage> => {
  const { signal } = test;
  const { imageId } = await step('pulling the image', () =>
    shop.images.pull(test.pullspec, test.arch, { signal }),
  );
  const container = await step('making a container', () =>
    shop.containers.open(imageId, ociPlatform(test.arch), { signal }),
  );
  try {
    const args = ['run', ...isolationArgs(shop.isolation), container, '--', ...test.command];
    const limit = AbortSignal.timeout(test.timeout * 1000);
    const calling = {
      onOutput: test.onOutput,
      signal: AbortSignal.any([signal, limit]),
      confinement: 'sealed' as const,
    };
    return await outcomeOf(shop.buildah.run(args, calling), test, limit);
  } finally {
    await shop.containers.remove(container);
  }
};

const outcomeOf = async (
  running: Promise<{ tail: string }>,
  test: ImageTest,
  limit: AbortSignal,
): Promise<TestedImage> => {
  try {
    return { exitCode: 0, output: (await running).tail };
  } catch (error) {
    if (error instanceof ProgramFailed) {
      return { exitCode: error.finished.exitCode, output: error.finished.tail };
    }
    if (error instanceof ProgramKilled && limit.aborted && !test.signal.aborted) {
      return { exitCode: timedOut, output: `${error.tail}\nended after ${test.timeout} s` };
    }
    throw new BuildFailed('infrastructure', `running the test: ${String(error)}`, error);
  }
};
