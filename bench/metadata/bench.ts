/** A repository of 60,000 packages: read, and read into the store, beside plainly unpacking the same file. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { packageRoot } from '../../src/cli/package-root.ts';
import { lookAtRepository } from '../../src/flows/looking/look-at-repository.ts';
import { Look } from '../../src/flows/looking/repositories.ts';
import { writeListing } from '../../src/flows/looking/write-listing.ts';
import { startHost } from '../../src/host/host.ts';
import { readRepository } from '../../src/repos/read-repository.ts';
import { unpackerFor } from '../../src/repos/unpack.ts';
import type { Store } from '../../src/store/connect.ts';
import { prepareStore } from '../../src/store/prepare.ts';
import { type Bench, type Figure, ms, times } from '../report.ts';
import { median } from '../stats.ts';
import { inWorkplace, quietLog } from '../workplace.ts';
import { MadeUpRepository } from './made-up-primary.ts';

const packages = 60_000;
const rounds = 5;
const goal = { share: 0.25, residentMb: 200 };

export const metadataBench: Bench = {
  name: 'metadata',
  run: (say) =>
    inWorkplace(async (directory) => {
      const repository = await madeUp(`${directory}/repository`);
      say(`primary metadata of ${packages} packages, ${(repository.size / 1e6).toFixed(0)} MB unpacked`);
      const host = await startHost({ dataDir: `${directory}/services`, log: quietLog() });
      try {
        const connection = host.postgres?.url ?? '';
        const store = await prepareStore({ connection, schema: 'flibs_bench', log: quietLog() });
        try {
          return await measure(store, repository, `${directory}/repository`, say);
        } finally {
          await store.close();
        }
      } finally {
        await host.stop();
      }
    }),
};

const madeUp = async (folder: string): Promise<MadeUpRepository> => {
  const program = join(packageRoot(), 'dist', 'bench', 'make-up-primary.js');
  const { stdout } = await execa(process.execPath, [program, folder, String(packages)], { stdin: 'ignore' });
  return MadeUpRepository.parse(JSON.parse(stdout));
};

const { signal } = new AbortController();

const lookAt = (folder: string): Look =>
  Look.parse({
    distroRelease: 'F40',
    arch: 'x86_64',
    releasever: '40',
    repository: { id: 'bench', baseurl: pathToFileURL(folder).href, gpgkeys: ['none'] },
    wantedAt: new Date().toISOString(),
  });

interface Round {
  readonly plain: number;
  readonly read: number;
  readonly staged: number;
  readonly swapped: number;
}

const measure = async (
  store: Store,
  { primary }: MadeUpRepository,
  folder: string,
  say: (text: string) => void,
): Promise<readonly Figure[]> => {
  const memory = watchMemory();
  const done: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const sides = [() => timed(() => unpack(primary)), () => timed(() => read(folder))] as const;
    const [plain, readOnly] = round % 2 === 0 ? [await sides[0](), await sides[1]()] : await backwards(sides);
    const stored = await readIntoStore(store, folder);
    const one = { plain, read: readOnly, ...stored };
    say(
      `round ${round}: unpacked in ${ms(plain)}, read in ${ms(readOnly)}, read into the store in ${ms(stored.staged)}`,
    );
    done.push(one);
  }
  const share = median(done.map((one) => one.plain / one.read));
  const peak = memory.stop();
  return [
    { what: 'speed of unpacking alone, to compare', value: ms(median(done.map((one) => one.plain))) },
    {
      what: `reading it, of that speed, median of ${rounds}`,
      value: times(share),
      goal: `>= ${times(goal.share)}`,
      met: share >= goal.share,
    },
    { what: 'reading it into the store', value: times(median(done.map((one) => one.plain / one.staged))) },
    { what: 'the transaction that swaps what is offered', value: ms(median(done.map((one) => one.swapped))) },
    {
      what: 'resident memory at most',
      value: `${peak.toFixed(0)} MB`,
      goal: `< ${goal.residentMb} MB`,
      met: peak < goal.residentMb,
    },
  ];
};

const backwards = async (sides: readonly [() => Promise<number>, () => Promise<number>]) => {
  const second = await sides[1]();
  return [await sides[0](), second] as const;
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

const unpack = async (path: string): Promise<number> => {
  let size = 0;
  for await (const chunk of unpackerFor(path)(path, signal)) size += chunk.byteLength;
  return size;
};

const read = (folder: string): Promise<unknown> =>
  readRepository(lookAt(folder), {
    signal,
    onRpms: () => undefined,
    onModule: () => undefined,
    onAdvisories: () => undefined,
  });

/** As repo-watcher does it: staged while it is read, then swapped in one transaction. */
const readIntoStore = async (store: Store, folder: string): Promise<Pick<Round, 'staged' | 'swapped'>> => {
  const begun = performance.now();
  const found = await lookAtRepository(store, lookAt(folder), signal);
  const staged = performance.now() - begun;
  if (found.kind !== 'changed') throw new Error('it should have been read');
  const place = { distroRelease: 'F40', repository: 'bench', arch: 'x86_64', place: 'F40/bench/x86_64' };
  const swapped = await timed(() =>
    store.transaction((tx) => writeListing({ tx }, place, found.staged, new Date())),
  );
  return { staged, swapped };
};

const watchMemory = (): { stop(): number } => {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss() / 2 ** 20);
  };
  const timer = setInterval(look, 20);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return peak;
    },
  };
};
