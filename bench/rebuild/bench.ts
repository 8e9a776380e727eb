/** The demo's rebuild, by flibs, by a script of what flibs did, and by hand: in turn, each on the same starting point. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type Figure, ms, times } from '../report.ts';
import { median } from '../stats.ts';
import { inWorkplace } from '../workplace.ts';
import { type Hops, joinHops } from './hops.ts';
import { keepPristine, makeSite } from './site.ts';
import type { Lane, Script } from './steps.ts';
import { byHandTurn, type FlibsTurn, firstReleases, flibsTurn, recordedTurn, scriptTurn } from './turns.ts';

const rounds = 3;
const goal = 1.25;

export const rebuildBench: Bench = {
  name: 'rebuild',
  run: (say) =>
    inWorkplace(async (directory) => {
      say('packages for four architectures, and the first releases');
      const site = await makeSite(directory, () => undefined);
      await firstReleases(site);
      await keepPristine(site);
      say('recording what flibs does');
      const record = join(directory, 'record');
      await mkdir(record);
      const script = await recordedTurn(site, record);
      const scriptFile = join(directory, 'script.json');
      await writeFile(scriptFile, JSON.stringify(script));
      say(`the script: ${describe(script)}`);
      const flibs: FlibsTurn[] = [];
      const [played, byHand]: [number[], number[]] = [[], []];
      let same = 0;
      for (let round = 1; round <= rounds; round += 1) {
        const turn = await flibsTurn(site);
        const replayed = await scriptTurn(site, scriptFile, turn.released);
        const hand = await byHandTurn(site, script.slots);
        flibs.push(turn);
        played.push(replayed.ms);
        byHand.push(hand);
        same = replayed.same;
        say(`round ${round}: flibs ${ms(turn.ms)}, script ${ms(replayed.ms)}, by hand ${ms(hand)}`);
      }
      say(hopTable(joinHops(flibs.map(({ hops }) => hops))));
      return figuresOf(
        flibs.map((turn) => turn.ms),
        played,
        byHand,
        `${same} of ${flibs[0]?.released.size ?? 0}`,
      );
    }),
};

const describe = ({ lanes, slots }: Script): string => {
  const count = (kind: Lane['steps'][number]['kind']) =>
    lanes.flatMap(({ steps }) => steps).filter((step) => step.kind === kind).length;
  return `${lanes.length} runs and jobs, ${count('program')} programs, ${count('request')} requests, ${count('file')} changes of files, ${slots} slots`;
};

const figuresOf = (
  flibs: readonly number[],
  played: readonly number[],
  byHand: readonly number[],
  same: string,
): readonly Figure[] => {
  const ratio = median(flibs.map((each, at) => each / (played[at] ?? Number.NaN)));
  return [
    { what: `flibs, median of ${rounds} turns`, value: ms(median(flibs)) },
    { what: 'script of what flibs did, same slots', value: ms(median(played)) },
    {
      what: 'flibs / script, median of the rounds',
      value: times(ratio),
      goal: `<= ${times(goal)}`,
      met: ratio <= goal,
    },
    { what: 'index digests of the script that are those of flibs', value: same },
    { what: 'bench/by-hand.sh, for the reader: no tests, no log, no record', value: ms(median(byHand)) },
  ];
};

const hopTable = (hops: Hops): string =>
  [
    `hop${' '.repeat(47)}   times    median       max`,
    ...[...hops].map(([name, taken]) =>
      [
        name.padEnd(50),
        String(taken.length).padStart(8),
        ms(median(taken)).padStart(9),
        ms(Math.max(...taken)).padStart(9),
      ].join(' '),
    ),
  ].join('\n');
