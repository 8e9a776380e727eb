/** What `flibs up` weighs while nothing happens, and how soon it consumes once its services answer. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { packageRoot } from '../../src/cli/package-root.ts';
import { type Host, startHost } from '../../src/host/host.ts';
import { startFlibs } from '../flibs-process.ts';
import { type Bench, type Figure, ms } from '../report.ts';
import { median } from '../stats.ts';
import { inWorkplace, quietLog } from '../workplace.ts';

const starts = 5;
/** Seconds from being up to the weighing, and between two looks at the processor time. */
const settleSeconds = 15;
const goal = { startMs: 2000, residentMb: 200 };

export const idleBench: Bench = {
  name: 'idle',
  run: (say) =>
    inWorkplace(async (directory) => {
      const dataDir = join(directory, 'services');
      const host = await startHost({ dataDir, log: quietLog() });
      try {
        return await measure(host, directory, say);
      } finally {
        await host.stop();
      }
    }),
};

/** Its services are given: nothing but its own process is started. Nothing is defined, so nothing is to be done. */
const configure = async (host: Host, directory: string): Promise<string> => {
  const file = join(directory, 'flibs.yaml');
  const registry = host.registry?.address ?? '';
  const content = {
    instance: 'idle',
    data_directory: join(directory, 'own'),
    bus: { url: host.rabbitmq?.url ?? '' },
    store: { url: host.postgres?.url ?? '' },
    registry: { candidate: `${registry}/candidates`, release: `${registry}/released` },
    definitions: { kind: 'directory', path: join(packageRoot(), 'examples', 'images') },
  };
  await writeFile(file, stringify(content));
  return file;
};

interface Weighed {
  readonly upAfterMs: number;
  readonly consumingAfterMs: number;
  readonly residentMb: number;
  readonly cpuPercent: number;
}

const measure = async (
  host: Host,
  directory: string,
  say: (text: string) => void,
): Promise<readonly Figure[]> => {
  const configFile = await configure(host, directory);
  const weighed: Weighed[] = [];
  for (let start = 0; start <= starts; start += 1) {
    const one = await startAndWeigh(configFile, join(directory, 'flibs.log'), start === starts);
    weighed.push(one);
    say(
      `start ${start + 1}: consuming after ${ms(one.consumingAfterMs)}, worker and API up after ${ms(one.upAfterMs)}`,
    );
  }
  const [first, ...again] = weighed;
  const last = again.at(-1);
  if (first === undefined || last === undefined) throw new Error('it was never started');
  const consuming = median(again.map(({ consumingAfterMs }) => consumingAfterMs));
  return [
    {
      what: `start to consuming, median of ${starts}`,
      value: ms(consuming),
      goal: `<= ${ms(goal.startMs)}`,
      met: consuming <= goal.startMs,
    },
    { what: 'start to worker and API up as well', value: ms(median(again.map((one) => one.upAfterMs))) },
    { what: 'start to consuming on an empty store', value: ms(first.consumingAfterMs) },
    {
      what: `resident memory after ${settleSeconds} s`,
      value: `${last.residentMb.toFixed(0)} MB`,
      goal: `< ${goal.residentMb} MB`,
      met: last.residentMb < goal.residentMb,
    },
    { what: 'of one processor, while idle', value: `${last.cpuPercent.toFixed(1)} %` },
  ];
};

const startAndWeigh = async (configFile: string, logFile: string, weigh: boolean): Promise<Weighed> => {
  const startedAt = Date.now();
  const flibs = await startFlibs({ configFile, logFile });
  try {
    const consumingAfterMs = (await lastConsuming(logFile)) - startedAt;
    const { upAfterMs, pid } = flibs;
    if (!weigh) return { upAfterMs, consumingAfterMs, residentMb: Number.NaN, cpuPercent: Number.NaN };
    await delay(settleSeconds * 1000);
    const before = await cpuSeconds(pid);
    await delay(settleSeconds * 1000);
    const cpuPercent = (((await cpuSeconds(pid)) - before) / settleSeconds) * 100;
    return { upAfterMs, consumingAfterMs, residentMb: await residentMb(pid), cpuPercent };
  } finally {
    await flibs.stop();
  }
};

/** When the last consumer said that it consumes. */
const lastConsuming = async (logFile: string): Promise<number> => {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  const times = lines
    .filter((line) => line.includes('"msg":"consuming"'))
    .map((line) => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
  return Math.max(...times);
};

const residentMb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
};

/** User and system, in clock ticks of a hundredth second: proc(5), fields 14 and 15. */
const cpuSeconds = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
