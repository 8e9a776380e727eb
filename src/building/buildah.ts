/** buildah's commands that we use, on a storage of our own. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Digest } from '../../schemas/ids.ts';
import { type Finished, type Program, runToSuccess } from './run-program.ts';
import type { StateDir } from './state-dir.ts';

/** Per call: who listens, and what ends it. */
export interface Calling {
  readonly onOutput?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly confinement?: Program['confinement'];
  readonly gate?: Program['gate'];
  readonly env?: Readonly<Record<string, string>>;
}

/** Of an OCI image config, what we read. Unknown keys of `config` are kept. */
export const ImageConfig = z.object({
  architecture: z.string(),
  variant: z.string().optional(),
  os: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
  rootfs: z.object({ diff_ids: z.array(Digest).nullable().default([]) }),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

export interface Buildah {
  run(args: readonly string[], calling?: Calling): Promise<Finished>;
  /** Pulls by digest unless it is there. Resolves the local image id. */
  pull(
    pullspec: string,
    platform: { architecture: string; variant?: string },
    calling: Calling,
  ): Promise<string>;
  config(imageId: string, calling?: Calling): Promise<ImageConfig>;
  /** A working container on an image id or `scratch`. */
  from(
    image: string,
    platform: { architecture: string; variant?: string },
    calling: Calling,
  ): Promise<string>;
  mount(container: string, calling?: Calling): Promise<string>;
  unmount(container: string): Promise<void>;
  /** Resolves the image id. */
  commit(container: string, epoch: number, calling: Calling): Promise<string>;
  /** Resolves the digest of the manifest as it was pushed. */
  push(imageId: string, destination: string, digestFile: string, calling: Calling): Promise<Digest>;
  /** Containers and images that are gone are as good as removed. */
  remove(container: string): Promise<void>;
  removeImage(imageId: string): Promise<void>;
}

export const buildahOn = (state: StateDir): Buildah => {
  const run = (args: readonly string[], calling: Calling = {}): Promise<Finished> =>
    runToSuccess({
      file: 'buildah',
      args: [...state.storage, ...args],
      env: { ...state.env, ...calling.env },
      onOutput: calling.onOutput,
      signal: calling.signal,
      gate: calling.gate,
      ...(calling.confinement === undefined ? {} : { confinement: calling.confinement }),
    });
  const policy = ['--signature-policy', state.signaturePolicy];
  // Tried again by the dispatcher: long silent retries in here would only hide the reason.
  const retry = ['--retry', '1', '--retry-delay', '500ms'];
  const tls = (reference: string): string[] =>
    state.isInsecure(reference.split('/')[0] ?? '') ? ['--tls-verify=false'] : [];
  return {
    run,
    pull: async (pullspec, platform, calling) => {
      const args = ['pull', '--quiet', '--policy', 'missing', ...policy, ...retry, ...platformArgs(platform)];
      return lastLine(await run([...args, ...tls(pullspec), `docker://${pullspec}`], calling));
    },
    config: async (imageId, calling) => {
      const { stdout } = await run(['inspect', '--type', 'image', '--', imageId], calling);
      return z.object({ OCIv1: ImageConfig }).parse(JSON.parse(stdout)).OCIv1;
    },
    from: async (image, platform, calling) =>
      lastLine(
        await run(['from', '--pull-never', '--quiet', ...policy, ...platformArgs(platform), image], calling),
      ),
    mount: async (container, calling) => lastLine(await run(['mount', container], calling)),
    unmount: async (container) => {
      await run(['umount', container]);
    },
    commit: async (container, epoch, calling) => {
      const args = ['commit', '--quiet', ...policy, '--timestamp', String(epoch), '--identity-label=false'];
      return lastLine(await run([...args, '--omit-history', '--format', 'oci', container], calling));
    },
    push: async (imageId, destination, digestFile, calling) => {
      const args = ['push', '--quiet', ...policy, '--format', 'oci', '--digestfile', digestFile];
      await run([...args, ...tls(destination), imageId, `docker://${destination}`], calling);
      return Digest.parse((await readFile(digestFile, 'utf8')).trim());
    },
    remove: async (container) => {
      await run(['rm', container]).catch(() => undefined);
    },
    removeImage: async (imageId) => {
      await run(['rmi', '--force', imageId]).catch(() => undefined);
    },
  };
};

const platformArgs = (platform: { architecture: string; variant?: string }): string[] => [
  '--os',
  'linux',
  '--arch',
  platform.architecture,
  ...(platform.variant === undefined ? [] : ['--variant', platform.variant]),
];

/** Names and ids come last, after what buildah has to say. */
const lastLine = ({ stdout }: Finished): string => {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (line === '') throw new Error('buildah printed nothing where a name was expected');
  return line;
};
