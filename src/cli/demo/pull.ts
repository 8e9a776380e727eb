/** A released image as somebody else would use it: pulled from the release registry for each arch, and run. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Arch, archOfOci } from '../../../schemas/ids.ts';
import { openBuilder } from '../../building/builder.ts';
import { registries } from '../../flows/open-ports.ts';

const Index = z.object({
  manifests: z.array(
    z.object({
      digest: z.string(),
      platform: z.object({ architecture: z.string(), variant: z.string().optional() }),
    }),
  ),
});

export interface Pulled {
  readonly arch: Arch;
  readonly pullspec: string;
  readonly output: string;
  readonly exitCode: number;
}

/** Resolves the tag to each arch's manifest and runs `command` there. */
export const pullAndRun = async (options: {
  readonly repository: string;
  readonly tag: string;
  readonly command: readonly string[];
  readonly stateDir: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
}): Promise<readonly Pulled[]> => {
  const { registry, repository } = registries(false)(options.repository);
  const index = Index.parse((await registry.getManifest(repository, options.tag)).json);
  const builder = await openBuilder({ stateDir: join(options.stateDir, 'pull'), log: options.log });
  const pulled: Pulled[] = [];
  try {
    for (const { digest, platform } of index.manifests) {
      const arch = archOfOci(platform);
      if (arch === undefined) continue;
      const pullspec = `${options.repository}@${digest}`;
      const { command, signal } = options;
      const test = { pullspec, arch, command, signal, timeout: 120, onOutput: () => undefined };
      const { exitCode, output } = await builder.test(test);
      pulled.push({ arch, pullspec, exitCode, output: output.trim() });
    }
  } finally {
    await builder.close();
  }
  return pulled.sort((a, b) => Arch.options.indexOf(a.arch) - Arch.options.indexOf(b.arch));
};
