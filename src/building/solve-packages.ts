/** What dnf would do to an image's root, without doing it. */
import { z } from 'zod';
import type { Installation } from './install-packages.ts';
import { writeHostRepositories } from './repository-files.ts';
import { runToSuccess } from './run-program.ts';
import type { StateDir } from './state-dir.ts';

/** NEVRA and checksum of what would be installed, NEVRA alone of what would be removed. */
const Solved = z.array(z.tuple([z.enum(['in', 'out']), z.string(), z.string()]));
export type Solved = z.infer<typeof Solved>;

/** dnf 4's own library, because its command line tells no checksums. Metadata goes where dnf looks for it afterwards. */
const script = `import json, sys
import dnf
given = json.load(sys.stdin)
conf = dnf.conf.Conf()
conf.read(given['config'])
conf.installroot = given['root']
conf.arch = given['arch']
conf.releasever = given['releasever']
conf.reposdir = [given['reposDir']]
conf.logdir = given['scratch']
conf.pluginpath = []
if given['platform']:
    conf.module_platform_id = given['platform']
for option in ('cachedir', 'persistdir'):
    conf.prepend_installroot(option)
base = dnf.Base(conf)
base.read_all_repos()
base.fill_sack(load_system_repo=True)
base.install_specs(given['packages'])
for name in given['outdated']:
    base.upgrade(name)
base.resolve()
solved = [['in', str(tsi.pkg), str(tsi.pkg.returnIdSum()[1])] if tsi.action in dnf.transaction.FORWARD_ACTIONS
          else ['out', str(tsi.pkg), ''] for tsi in base.transaction]
print('\\nsolved ' + json.dumps(sorted(solved)))`;

/**
 * Solves what {@link installPackages} would be asked for.
 * @returns undefined where it cannot be told beforehand: dnf's library is another, or dnf itself will say what is wrong.
 */
export const solvePackages = async (
  state: StateDir,
  installation: Installation,
): Promise<Solved | undefined> => {
  const { order, packages, modules, root, directory, inherited } = installation;
  // A module brings what its profiles say now.
  if (modules.length > 0) return undefined;
  const files = await writeHostRepositories(directory, order.repositories, order.arch);
  const input = {
    config: files.config,
    root,
    arch: order.arch,
    releasever: order.releasever,
    reposDir: files.reposDir,
    scratch: directory,
    platform: order.platform ?? '',
    packages,
    outdated: packages.filter((name) => inherited.has(name)),
  };
  const solving = runToSuccess({
    file: '/usr/bin/python3',
    args: ['-I', '-c', script],
    input: JSON.stringify(input),
    env: { ...state.env, SOURCE_DATE_EPOCH: String(order.sourceDateEpoch) },
    signal: installation.signal,
    confinement: 'sealed',
    gate: installation.gate,
  });
  const { stdout } = await solving.catch(() => ({ stdout: '' }));
  installation.signal.throwIfAborted();
  const line = stdout.split('\n').find((each) => each.startsWith('solved '));
  return line === undefined ? undefined : Solved.parse(JSON.parse(line.slice('solved '.length)));
};
