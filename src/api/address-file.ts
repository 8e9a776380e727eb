/** Where the API of a data directory's flibs is: `api.json` in it, there as long as that flibs runs. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Address = z.object({ url: z.url({ protocol: /^https?$/ }), pid: z.number().int().positive() });
export type Address = z.infer<typeof Address>;

const fileIn = (dataDirectory: string): string => join(dataDirectory, 'api.json');

/** Written beside and moved into place, so that nobody reads half of it. */
export const writeAddress = async (dataDirectory: string, url: string): Promise<void> => {
  const file = fileIn(dataDirectory);
  const beside = `${file}.${process.pid}`;
  // Where all services are elsewhere nothing else may have made it.
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await writeFile(beside, `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o644 });
  await rename(beside, file);
};

/** Undefined where no flibs has written one, or what is there is no address. */
export const readAddress = async (dataDirectory: string): Promise<Address | undefined> => {
  try {
    const parsed = Address.safeParse(JSON.parse(await readFile(fileIn(dataDirectory), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

/** Removes our own only: another flibs may have taken the directory over. */
export const removeAddress = async (dataDirectory: string): Promise<void> => {
  const address = await readAddress(dataDirectory);
  if (address?.pid === process.pid) await rm(fileIn(dataDirectory), { force: true });
};
