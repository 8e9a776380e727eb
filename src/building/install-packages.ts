/** An image given as packages or a module: dnf of the host installs into the image's root, for the image's arch. */
import { lstat, readFile } from 'node:fs/promises';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { BuildFailed } from './build-failed.ts';
import { insideRoot } from './inside-root.ts';
import { writeHostRepositories } from './repository-files.ts';
import { runToSuccess } from './run-program.ts';
import type { StateDir } from './state-dir.ts';

export interface Wanted {
  readonly packages: readonly string[];
  /** `name:stream`, or `name:stream/profile`: enabled, and installed by their profiles. */
  readonly modules: readonly string[];
}

export interface Installation extends Wanted {
  readonly order: BuildCommand;
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

/** What dnf is to install for a recipe. */
export const wantedOf = (recipe: Exclude<BuildCommand['recipe'], { kind: 'containerfile' }>): Wanted => {
  if (recipe.kind === 'packages') return { packages: recipe.packages, modules: [] };
  const { module, profiles } = recipe;
  return {
    packages: [],
    modules: profiles.length === 0 ? [module] : profiles.map((profile) => `${module}/${profile}`),
  };
};

/** @throws ProgramFailed with dnf's output; BuildFailed for a name that dnf would take for an option or a file. */
export const installPackages = async (state: StateDir, installation: Installation): Promise<void> => {
  const { order, packages, modules, root, directory } = installation;
  const upgrade = order.upgrade ?? [];
  const odd = [...packages, ...upgrade.filter((name) => name !== '*')].find(
    (name) => !/^[A-Za-z0-9_@][A-Za-z0-9_@ ._+:~^*()-]*$/.test(name),
  );
  if (odd !== undefined) throw new BuildFailed('source', `not a name of a package: ${JSON.stringify(odd)}`);
  const files = await writeHostRepositories(directory, order.repositories, order.arch);
  const platform = await platformOptions(root, order.platform);
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
        ...platform,
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
  if (modules.length > 0) await dnf('module', 'install', ...modules);
  if (packages.length > 0) await dnf('install', ...packages);
  const own = packages.filter((name) => installation.inherited.has(name));
  const outdated = [...new Set([...own, ...upgrade])];
  if (outdated.length > 0) await dnf('upgrade', ...outdated);
};

/** Modules depend on a platform, which dnf reads from the image's os-release; an image may have none, or none yet. */
const platformOptions = async (root: string, platform: string | undefined): Promise<readonly string[]> => {
  const file = await insideRoot(root, '/usr/lib/os-release');
  const isFile = file !== undefined && (await lstat(file)).isFile();
  if (isFile && /^PLATFORM_ID=/m.test(await readFile(file, 'utf8'))) return [];
  return platform === undefined ? [] : [`--setopt=module_platform_id=${platform}`];
};
