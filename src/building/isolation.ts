/** Which isolation works on this host: found out by trying, not by guessing. */
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Buildah } from './buildah.ts';
import { findHostPrograms, type HostPrograms, hostProgram } from './guest-dnf.ts';
import { guestDir } from './repository-files.ts';

export interface Isolation {
  /** `oci`: runc, namespaces. `chroot`: files only; ours adds namespaces for processes and network around it. */
  readonly kind: 'oci' | 'chroot';
  /** Of the OCI runtime. */
  readonly runtime?: string;
  /** Where the OCI runtime keeps its state. */
  readonly runtimeRoot: string;
  readonly buildahVersion: string;
  /** For images without a dnf; undefined where they cannot be started in a container. */
  readonly hostPrograms: HostPrograms | undefined;
}

/** `gated`: shares the network of the sealed program around it, where there is a gate and nothing else. */
export const isolationArgs = (
  isolation: Pick<Isolation, 'kind' | 'runtime' | 'runtimeRoot'>,
  { gated = false }: { gated?: boolean } = {},
): readonly string[] =>
  isolation.kind === 'oci' && isolation.runtime !== undefined
    ? [
        ...['--isolation', 'oci', '--runtime', isolation.runtime, '--network', gated ? 'host' : 'none'],
        ...['--runtime-flag', `root=${isolation.runtimeRoot}`],
      ]
    : ['--isolation', 'chroot'];

/**
 * Runs a program of the host in an empty container, with runc and, if that fails, in a chroot.
 * @throws Error when neither works, with the reasons.
 */
export const findIsolation = async (
  buildah: Buildah,
  buildahVersion: string,
  {
    runtimeRoot,
    wanted,
    log,
  }: { runtimeRoot: string; wanted?: Isolation['kind'] | undefined; log: Pick<Logger, 'info' | 'warn'> },
): Promise<Isolation> => {
  const hostPrograms = await findHostPrograms().catch((error: unknown) => {
    log.warn(
      { err: error },
      'images without a dnf of their own cannot run dnf: the host has none that would do',
    );
    return undefined;
  });
  const reasons: string[] = [];
  for (const candidate of await candidates(runtimeRoot, wanted)) {
    try {
      await tryOut(buildah, candidate, hostPrograms);
      log.info({ isolation: candidate.kind, runtime: candidate.runtime }, 'isolation of builds');
      return { ...candidate, buildahVersion, hostPrograms };
    } catch (error) {
      reasons.push(`${candidate.kind}: ${error instanceof Error ? error.message : String(error)}`);
      log.warn({ isolation: candidate.kind, err: error }, 'this isolation does not work here');
    }
  }
  throw new Error(`no isolation works on this host; ${reasons.join('; ')}`);
};

type Candidate = Pick<Isolation, 'kind' | 'runtime' | 'runtimeRoot'>;

const candidates = async (
  runtimeRoot: string,
  wanted: Isolation['kind'] | undefined,
): Promise<readonly Candidate[]> => {
  const found: Candidate[] = [];
  for (const runtime of ['/usr/bin/runc', '/usr/sbin/runc']) {
    if (existsSync(runtime)) found.push({ kind: 'oci', runtime, runtimeRoot });
  }
  return [...found.slice(0, 1), { kind: 'chroot', runtimeRoot } as const].filter(
    ({ kind }) => wanted === undefined || kind === wanted,
  );
};

const tryOut = async (
  buildah: Buildah,
  candidate: Candidate,
  programs: HostPrograms | undefined,
): Promise<void> => {
  if (programs === undefined) return;
  const container = await buildah.from('scratch', { architecture: hostArchitecture() }, {});
  try {
    const command = [...hostProgram(programs, '/bin/true')];
    const args = [
      'run',
      ...isolationArgs(candidate),
      '--volume',
      `/usr:${guestDir}/usr:ro`,
      container,
      '--',
      ...command,
    ];
    await buildah.run(args, { confinement: 'sealed' });
  } finally {
    await buildah.remove(container);
  }
};

const hostArchitecture = (): string => (process.arch === 'x64' ? 'amd64' : process.arch);
