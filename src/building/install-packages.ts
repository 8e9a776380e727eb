/** An image given as a package list: dnf of the host installs into the image's root, for the image's arch. */
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { BuildFailed } from './build-failed.ts';
import { writeHostRepositories } from './repository-files.ts';
import { runToSuccess } from './run-program.ts';
import type { StateDir } from './state-dir.ts';

export interface Installation {
  readonly order: BuildCommand;
  readonly packages: readonly string[];
  /** Mounted root of the working container. */
  readonly root: string;
  /** Scratch. */
  readonly directory: string;
  /** Names of the packages that the parent has: those on the list are brought up to date. */
  readonly inherited: ReadonlySet<string>;
  /** Unix socket, where repositories are not all directories. */
  readonly gate: string | undefined;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

/** @throws ProgramFailed with dnf's output; BuildFailed for a name that dnf would take for an option or a file. */
export const installPackages = async (state: StateDir, installation: Installation): Promise<void> => {
  const { order, packages, root, directory } = installation;
  const odd = packages.find((name) => !/^[A-Za-z0-9@][A-Za-z0-9@ ._+:~^*()-]*$/.test(name));
  if (odd !== undefined) throw new BuildFailed('source', `not a name of a package: ${JSON.stringify(odd)}`);
  const files = await writeHostRepositories(directory, order.repositories, order.arch);
  const dnf = (...args: string[]) =>
    runToSuccess({
      file: 'dnf',
      args: [
        `--config=${files.config}`,
        `--installroot=${root}`,
        `--forcearch=${order.arch}`,
        `--releasever=${order.releasever}`,
        `--setopt=reposdir=${files.reposDir}`,
        `--setopt=varsdir=${directory}/novars`,
        '--noplugins',
        '--assumeyes',
        ...args,
      ],
      env: { ...state.env, SOURCE_DATE_EPOCH: String(order.sourceDateEpoch) },
      onOutput: installation.onOutput,
      signal: installation.signal,
      // Scriptlets run on the host's kernel as children of dnf: what they leave running ends with it, and they reach
      // no more than it does.
      confinement: 'sealed',
      gate: installation.gate,
    });
  await dnf('install', ...packages);
  const outdated = packages.filter((name) => installation.inherited.has(name));
  if (outdated.length > 0) await dnf('upgrade', ...outdated);
};
