/** The numbered SQL files, read from the package's root so that they are found from src and from dist. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  readonly number: number;
  /** File name: `0001.sql`, or `0001-runtime.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
  /** Marked by a first line `--! breaking`: a flibs that does not know it must not run on this store. */
  readonly breaking: boolean;
}

const packageRoot = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder))
      throw new Error('the package root (package.json) was not found above the store');
  }
};

/** Path of the folder of the project's own migrations. */
export const migrationsFolder = (): string => join(packageRoot(), 'src', 'store', 'sql');

/**
 * All migrations in order.
 * @throws if a number is missing or given twice: they are applied one after the other, without gaps.
 */
export const readMigrations = async (folder?: string): Promise<readonly Migration[]> => {
  const from = folder ?? (await migrationsFolder());
  const names = (await readdir(from)).filter((name) => /^\d{4}(?:-[a-z0-9-]+)?\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(name.slice(0, 4));
      if (number !== index + 1)
        throw new Error(`migrations must be numbered without gaps: ${name} is at place ${index + 1}`);
      const sql = await readFile(join(from, name), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return {
        number,
        name,
        sql,
        checksum,
        breaking: /^--! breaking\s*$/m.test(sql.split('\n', 1)[0] ?? ''),
      };
    }),
  );
};
