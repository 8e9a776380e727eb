/** Versions of the programs that make an image: recorded with it, because other versions may make other bytes. */
import { runToSuccess } from './run-program.ts';

const programs: readonly { name: string; file: string; args: readonly string[]; version: RegExp }[] = [
  { name: 'buildah', file: 'buildah', args: ['--version'], version: /version (\S+)/ },
  // Not `dnf --version`: as root, dnf 4 writes a log into the host's /var/log before it answers.
  {
    name: 'dnf',
    file: '/usr/bin/python3',
    args: ['-I', '-c', 'import dnf; print(dnf.VERSION)'],
    version: /^(\S+)/,
  },
  { name: 'dnf5', file: 'dnf5', args: ['--version'], version: /version (\S+)/ },
  { name: 'rpm', file: 'rpm', args: ['--version'], version: /version (\S+)/ },
  { name: 'runc', file: 'runc', args: ['--version'], version: /version (\S+)/ },
  {
    name: 'sqlite',
    file: '/usr/bin/python3',
    args: ['-I', '-c', 'import sqlite3; print(sqlite3.sqlite_version)'],
    version: /^(\S+)/,
  },
];

/** Programs that do not run here are left out. */
export const readToolchain = async (
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> => {
  const versions = await Promise.all(
    programs.map(async ({ name, file, args, version }) => {
      const output = await runToSuccess({ file, args, env }).then(
        ({ stdout }) => version.exec(stdout)?.[1] ?? 'unknown',
        () => undefined,
      );
      return [name, output] as const;
    }),
  );
  const found = versions.filter(([, version]) => version !== undefined);
  return { ...Object.fromEntries(found), node: process.versions.node };
};
