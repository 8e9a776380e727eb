/** What the kernel knows of processes; on its own, so that it can check what src/host claims. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
const link = (path: string): Promise<string> => readlink(path).catch(() => '');

const mentions = async (pid: string, what: string): Promise<boolean> => {
  const seen = await Promise.all([
    text(`/proc/${pid}/environ`),
    text(`/proc/${pid}/cmdline`),
    link(`/proc/${pid}/cwd`),
  ]);
  return seen.some((part) => part.includes(what));
};

/** Ids and programs of all processes whose environment, arguments or working directory name a path; not this one. */
export const processesMentioning = async (
  path: string,
): Promise<readonly { pid: number; program: string }[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const hits = await Promise.all(pids.map(async (pid) => ((await mentions(pid, path)) ? pid : undefined)));
  return Promise.all(
    hits
      .filter((pid) => pid !== undefined)
      .map(async (pid) => ({ pid: Number(pid), program: (await text(`/proc/${pid}/comm`)).trim() })),
  );
};

const socketsOf = async (pid: number): Promise<readonly string[]> => {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder).catch(() => [])).map((fd) => link(join(folder, fd))),
  );
  return links.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
};

/** Local addresses that processes listen on, as proc(5) writes them: `0100007F:1F90`. */
export const listeningAddresses = async (pids: readonly number[]): Promise<readonly string[]> => {
  const sockets = new Set((await Promise.all(pids.map(socketsOf))).flat());
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(text));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && sockets.has(columns[9] ?? ''))
    .map((columns) => columns[1] ?? '');
};
