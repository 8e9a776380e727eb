/** Versions of the programs that make an image: recorded with it, because other versions may make other bytes. */
import { runToSuccess } from './run-program.ts';

const programs: readonly { name: string; file: string; args: readonly string[]; version: RegExp }[] = [
  { name: 'buildah', file: 'buildah', args: ['--version'], version: /version (\S+)/ },
  { name: 'dnf', file: 'dnf', args: ['--version'], version: /^(?:dnf5 version )?([0-9]\S*)/m },
  { name: 'rpm', file: 'rpm', args: ['--version'], version: /version (\S+)/ },
  { name: 'runc', file: 'runc', args: ['--version'], version: /version (\S+)/ },
  {
    name: 'sqlite',
    file: '/usr/bin/python3',
    args: ['-I', '-c', 'import sqlite3; print(sqlite3.sqlite_version)'],
    version: /^(\S+)/,
  },
];

/** `absent` where a program does not run. */
export const readToolchain = async (
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> => {
  const versions = await Promise.all(
    programs.map(async ({ name, file, args, version }) => {
      const output = await runToSuccess({ file, args, env }).then(
        ({ stdout }) => version.exec(stdout)?.[1] ?? 'unknown',
        () => 'absent',
      );
      return [name, output] as const;
    }),
  );
  return { ...Object.fromEntries(versions), node: process.versions.node };
};
