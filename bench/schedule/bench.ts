/** Scheduling: the dispatcher's order on made-up work, against the bound that no order can beat, beside two peers' ways. */
import { type Bench, type Figure, times } from '../report.ts';
import { median } from '../stats.ts';
import { type Nearness, nearness } from './measure.ts';
import { arches, images, levels } from './ways.ts';

const seeds = [1, 2, 3, 4, 5];
const imageCount = 520;
const ways = [arches, images, levels];

/** So far estimates may be off, and how near flibs has to come all the same. */
const cases = [
  { what: 'exact estimates', error: 0, goal: 1.05 },
  { what: 'estimates off by up to 30 %', error: 0.3, goal: 1.15 },
];

export const scheduleBench: Bench = {
  name: 'schedule',
  run: async (say) => {
    say(`${imageCount} images on pools of 8, 4, 2 and 1 slots, ${seeds.length} seeds, without a clock`);
    return cases.flatMap(figuresOf);
  },
};

const figuresOf = ({ what, error, goal }: (typeof cases)[number]): readonly Figure[] => {
  const runs = seeds.map((seed) => nearness({ seed, images: imageCount, error }, ways));
  return ways.flatMap((way, at) => {
    const mine = runs.map((run) => run[at]).filter((one): one is Nearness => one !== undefined);
    const worst = Math.max(...mine.map(({ worstPool }) => worstPool));
    const figure = {
      what: `${what}: ${way.name}, makespan over bound, worst pool (worst of ${seeds.length}; median)`,
      value: `${times(worst)}; ${times(median(mine.map(({ worstPool }) => worstPool)))}`,
    };
    if (way !== arches) return [figure];
    const others = runs.flatMap((run) => run.slice(1).map(({ worstPool }) => worstPool));
    return [
      { ...figure, goal: `at most ${times(goal)}, and below both`, met: worst <= Math.min(goal, ...others) },
    ];
  });
};
