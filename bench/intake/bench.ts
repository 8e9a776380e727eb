/** How fast messages are taken in, 1 % of which concern us, against a consumer that only parses and acknowledges. */
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/cli/package-root.ts';
import { startHost } from '../../src/host/host.ts';
import { type Bench, type Figure, times } from '../report.ts';
import { median } from '../stats.ts';
import { inWorkplace, quietLog } from '../workplace.ts';
import { messageCount } from './messages.ts';
import { preload } from './preload.ts';
import { Taken } from './site.ts';

const rounds = 5;
const goal = 0.6;

export const intakeBench: Bench = {
  name: 'intake',
  run: (say) =>
    inWorkplace(async (dataDir) => {
      const host = await startHost({ dataDir, log: quietLog(), parts: ['rabbitmq', 'postgres'] });
      try {
        return await alternate(host.rabbitmq?.url ?? '', host.postgres?.url ?? '', say);
      } finally {
        await host.stop();
      }
    }),
};

const run = async (program: string, ...args: string[]): Promise<string> =>
  (
    await execa(process.execPath, [join(packageRoot(), 'dist', 'bench', program), ...args], {
      stdin: 'ignore',
    })
  ).stdout;

const alternate = async (
  bus: string,
  store: string,
  say: (text: string) => void,
): Promise<readonly Figure[]> => {
  await run('intake-flibs.js', bus, store, 'prepare');
  const [flibs, bare]: [Taken[], Taken[]] = [[], []];
  const sides = [
    async () => flibs.push(Taken.parse(JSON.parse(await run('intake-flibs.js', bus, store)))),
    async () => bare.push(Taken.parse(JSON.parse(await run('intake-bare.js', bus)))),
  ];
  for (let round = 1; round <= rounds; round += 1) {
    await preload(bus);
    for (const side of round % 2 === 0 ? [...sides].reverse() : sides) await side();
    say(`round ${round}: flibs ${rate(flibs.at(-1))}, bare ${rate(bare.at(-1))} messages/s`);
  }
  return figuresOf(flibs, bare);
};

const rate = (taken: Taken | undefined): string =>
  ((messageCount * 1000) / (taken?.ms ?? Number.NaN)).toFixed(0);

const figuresOf = (flibs: readonly Taken[], bare: readonly Taken[]): readonly Figure[] => {
  const ratio = median(flibs.map((each, at) => (bare[at]?.ms ?? Number.NaN) / each.ms));
  const figures = (name: string, all: readonly Taken[]): Figure[] => [
    {
      what: `${name}, messages per second, median of ${rounds}`,
      value: median(all.map(({ ms }) => (messageCount * 1000) / ms)).toFixed(0),
    },
    {
      what: `${name}, processor seconds per 1,000 messages`,
      value: median(all.map(({ cpuSeconds }) => (cpuSeconds * 1000) / messageCount)).toFixed(3),
    },
  ];
  return [
    ...figures('package-updated', flibs),
    ...figures('bare amqplib consumer', bare),
    {
      what: 'package-updated / bare, median of the rounds',
      value: times(ratio),
      goal: `>= ${times(goal)}`,
      met: ratio >= goal,
    },
  ];
};
