/** What a plan costs on a fleet of 10,000 images, beside the bare SQL of its rows, and beside a fleet of 1,000. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/store/connect.ts';
import { type Size, sizes, tenImages, wholeBase } from '../fleet/shape.ts';
import { type FleetSite, withFleets } from '../fleet/site.ts';
import { type Bench, type Figure, times } from '../report.ts';
import { median } from '../stats.ts';
import { touchedBy } from './blocks.ts';
import { collected, planned } from './planning.ts';
import type { Side, Taken } from './protocol.ts';
import { capture, restore } from './rows.ts';
import { startSide } from './side.ts';

const rounds = { ten: 11, whole: 3 };
const goal = { ratio: 3, blocks: 1.2, memory: 300, held: 50 };
type Say = (text: string) => void;

export const planBench: Bench = {
  name: 'plan',
  run: (say) =>
    withFleets(sizes, say, async (site) => [
      ...(await blocks(site, say)),
      ...(await ten(site, say)),
      ...(await whole(site, say)),
    ]),
};

const storeOf = ({ stores }: FleetSite, size: Size): Store => {
  const store = stores.get(size);
  if (store === undefined) throw new Error(`there is no fleet of ${size}`);
  return store;
};

const blocks = async (site: FleetSite, say: Say): Promise<readonly Figure[]> => {
  const counts = new Map<Size, number>();
  for (const size of sizes) {
    const store = storeOf(site, size);
    await collected(store, tenImages.source);
    const touched = await touchedBy(site.url, store.schema, planned);
    await restore(store);
    counts.set(
      size,
      touched.reduce((sum, each) => sum + each.blocks, 0),
    );
    const most = [...touched].sort((a, b) => b.blocks - a.blocks).slice(0, 5);
    say(`${size} images: ${touched.length} statements touch ${counts.get(size)} blocks; the most:`);
    for (const { statement, blocks: count } of most)
      say(`  ${count}: ${statement.replaceAll(/\s+/g, ' ').trim().slice(0, 100)}`);
  }
  const ratio = (counts.get(10_000) ?? Number.NaN) / (counts.get(1000) ?? Number.NaN);
  const what = '10 images planned: blocks touched, of 10,000 images / of 1,000';
  return [{ what, value: times(ratio), goal: `<= ${times(goal.blocks)}`, met: ratio <= goal.blocks }];
};

const ten = async (site: FleetSite, say: Say): Promise<readonly Figure[]> => {
  const { flibs, bare } = await alternate(site, tenImages.source, ['flibs', 'bare'], rounds.ten);
  say(`10 images: flibs ${msOf(flibs)}, bare ${msOf(bare)}`);
  return [ratioFigure('10 images planned and stored', flibs, bare)];
};

const whole = async (site: FleetSite, say: Say): Promise<readonly Figure[]> => {
  const { flibs, bare } = await alternate(site, wholeBase.source, ['flibs', 'bare'], rounds.whole);
  say(`5,001 images: flibs ${msOf(flibs)}, bare ${msOf(bare)}; ${heldOf(flibs)}`);
  const asked = await alternate(site, wholeBase.source, ['what-if', 'bare-what-if'], rounds.whole);
  say(
    `what-if of 5,001 images: flibs ${msOf(asked.flibs)}, bare ${msOf(asked.bare)}; ${heldOf(asked.flibs)}`,
  );
  return [
    ratioFigure('20,004 arch builds planned and stored', flibs, bare),
    ...weight('20,004 arch builds planned and stored', flibs),
    { what: 'what-if of the same / bare reads, median', value: times(ratioOf(asked.flibs, asked.bare)) },
    ...weight('what-if of the same', asked.flibs),
  ];
};

interface Both {
  readonly flibs: readonly Taken[];
  readonly bare: readonly Taken[];
}

/** The first round of each side is not counted: it is that of a process that has only just begun. */
const alternate = async (
  site: FleetSite,
  source: string,
  [ours, theirs]: readonly [Side, Side],
  count: number,
): Promise<Both> => {
  const store = storeOf(site, 10_000);
  const directory = await mkdtemp(join(tmpdir(), 'flibs-bench-rows-'));
  const file = join(directory, 'captured.json');
  await collected(store, source);
  await planned(store);
  await writeFile(file, JSON.stringify(await capture(store, source)));
  await restore(store);
  const args = [site.url, store.schema, source, file] as const;
  const [flibs, bare] = [await startSide(ours, ...args), await startSide(theirs, ...args)];
  const sides = [
    { side: flibs, taken: [] as Taken[] },
    { side: bare, taken: [] as Taken[] },
  ] as const;
  try {
    for (let round = 0; round <= count; round += 1) {
      for (const { side, taken } of round % 2 === 0 ? sides : [...sides].reverse()) {
        await collected(store, source);
        const one = await side.round();
        if (round > 0) taken.push(one);
        await restore(store);
      }
    }
  } finally {
    await Promise.all([flibs.stop(), bare.stop()]);
    await rm(directory, { recursive: true });
  }
  return { flibs: sides[0].taken, bare: sides[1].taken };
};

const msOf = (taken: readonly Taken[]): string => `${median(taken.map(({ ms }) => ms)).toFixed(1)} ms`;

const heldOf = (taken: readonly Taken[]): string =>
  `the event loop held for ${taken.map(({ held }) => held.toFixed(0)).join(', ')} ms at most`;

const ratioOf = (flibs: readonly Taken[], bare: readonly Taken[]): number =>
  median(flibs.map(({ ms }, at) => ms / (bare[at]?.ms ?? Number.NaN)));

const ratioFigure = (what: string, flibs: readonly Taken[], bare: readonly Taken[]): Figure => {
  const ratio = ratioOf(flibs, bare);
  return {
    what: `${what} / bare SQL, median of ${flibs.length}`,
    value: times(ratio),
    goal: `<= ${times(goal.ratio)}`,
    met: ratio <= goal.ratio,
  };
};

const weight = (what: string, taken: readonly Taken[]): readonly Figure[] => {
  const memory = Math.max(...taken.map((each) => each.memory));
  const held = median(taken.map((each) => each.held));
  return [
    {
      what: `${what}: memory`,
      value: `${memory.toFixed(0)} MB`,
      goal: `< ${goal.memory} MB`,
      met: memory < goal.memory,
    },
    {
      what: `${what}: longest hold of the event loop, median`,
      value: `${held.toFixed(0)} ms`,
      goal: `<= ${goal.held} ms`,
      met: held <= goal.held,
    },
  ];
};
