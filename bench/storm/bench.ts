/** A storm of updates: what is built for it, beside one rebuild for each message. */
import { type Bench, type Figure, times } from '../report.ts';
import { inWorkplace } from '../workplace.ts';
import { runStorm, type StormReport } from './storm.ts';

const storm = { arches: ['x86_64', 'aarch64'], updates: 500, seconds: 10, first: 'built' } as const;

export const stormBench: Bench = {
  name: 'storm',
  run: (say) => inWorkplace(async (directory) => figuresOf(await runStorm({ ...storm, directory, say }))),
};

const figuresOf = (report: StormReport): readonly Figure[] => {
  const counts = [...report.builds.values()];
  const made = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...counts);
  const spread = [...new Set(counts)]
    .sort((one, other) => one - other)
    .map((often) => `${counts.filter((count) => count === often).length} built ${often} x`);
  return [
    {
      what: `${report.updates} updates in ${report.seconds.toFixed(1)} s: arch builds that flibs made`,
      value: String(made),
    },
    { what: 'arch builds that one rebuild per message would have made', value: String(report.onePerMessage) },
    { what: 'the latter over the former', value: times(report.onePerMessage / made) },
    {
      what: `affected arch builds, ${counts.length} in all`,
      value: spread.join(', '),
      goal: 'each once or twice',
      met: Math.min(...counts) >= 1 && most <= 2,
    },
    {
      what: 'built without need',
      value: String(report.needless.length),
      goal: '0',
      met: report.needless.length === 0,
    },
    { what: 'rebuilds', value: String(report.rebuilds) },
    {
      what: 'from the last update until all is fresh and released',
      value: `${report.freshAfter.toFixed(0)} s`,
    },
  ];
};
